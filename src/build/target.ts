import { stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'
import {
  bentofileName,
  findBentofile,
  loadBentofile,
  type LoadedBentofile,
} from '../config/load-bentofile.ts'
import { BentoError, isBentoError } from '../errors.ts'

/** What a person names to serve or build. */
export type Target = ProjectTarget | BentoTarget

export interface ProjectTarget {
  readonly kind: 'project'
  /** The project's folder, absolute. */
  readonly context: string
  /** The service's module, absolute. */
  readonly module: string
  /** The export that is the service; absent: the only one. */
  readonly attr?: string
  readonly bentofile?: LoadedBentofile
  /** Where its native packages are, and the lock that pins them. Absent: `context`. */
  readonly packages?: string
}

interface BentoTarget {
  readonly kind: 'bento'
  /** The bento's folder, absolute. */
  readonly path: string
}

export interface TargetOptions {
  readonly cwd: string
  /** Looks a tag up in the bento store; its folder. */
  readonly findBento: (tag: string) => Promise<string | undefined>
  /** A bentofile to use instead of the project's own. */
  readonly bentofile?: string
}

/**
 * A folder (a bento's or a project's), a module (`service.ts:Iris`, `service:Iris`, `./dir/service.mts`) or a
 * bento's tag, tried in this order.
 */
export async function resolveTarget(
  text: string | undefined,
  options: TargetOptions,
): Promise<Target> {
  const target =
    (await findFolder(text || '.', options)) ??
    (await findProjectModule(text || '.', options)) ??
    (await findTagged(text || '.', options))
  if (target !== undefined) return target
  if (!(await isFolder(options.cwd))) throw folderMissing(options.cwd)
  throw targetNotFound(text || '.')
}

function folderMissing(folder: string): BentoError {
  return new BentoError('TARGET_NOT_FOUND', `There is no folder "${folder}" to look in`, {
    hint: 'Name a folder that is there.',
  })
}

async function findFolder(text: string, options: TargetOptions): Promise<Target | undefined> {
  const folder = resolve(options.cwd, text)
  if (!(await isFolder(folder))) return undefined
  if (await isFile(join(folder, 'bento.yaml'))) return { kind: 'bento', path: folder }
  return openProject(folder, options)
}

async function openProject(context: string, options: TargetOptions): Promise<ProjectTarget> {
  const bentofile = await openBentofile(context, options)
  const wanted = bentofile?.bentofile.service
  const found = await findModule(wanted ?? 'service', context)
  if (found !== undefined && isInside(found.module, context)) {
    return { kind: 'project', context, ...found, ...(bentofile === undefined ? {} : { bentofile }) }
  }
  if (bentofile === undefined) throw bentofileNotFound(context)
  throw new BentoError('TARGET_NOT_FOUND', moduleMissing(bentofile, wanted), {
    hint: `Set \`service\` in ${bentofileName} to a module of the project, as service.ts:IrisClassifier.`,
  })
}

function moduleMissing({ file }: LoadedBentofile, wanted: string | undefined): string {
  if (wanted === undefined) {
    return `"${file}" names no service, and there is no ${candidates('service')}`
  }
  return `"${file}" names the service "${wanted}", and there is no such module in the project`
}

function bentofileNotFound(context: string): BentoError {
  return new BentoError(
    'BENTOFILE_NOT_FOUND',
    `"${context}" has no ${bentofileName} and no ${candidates('service')}`,
    {
      hint: `Create ${bentofileName} with a line such as \`service: service.ts:IrisClassifier\`, or name a module.`,
    },
  )
}

async function openBentofile(
  context: string,
  { cwd, bentofile }: TargetOptions,
): Promise<LoadedBentofile | undefined> {
  if (bentofile === undefined) return findBentofile(context)
  return loadBentofile(resolve(cwd, bentofile), context)
}

async function findProjectModule(
  text: string,
  options: TargetOptions,
): Promise<ProjectTarget | undefined> {
  const found = await findModule(text, options.cwd)
  if (found === undefined) return undefined
  const context = await contextOf(found.module, options.cwd)
  const bentofile = await openBentofile(context, options)
  return { kind: 'project', context, ...found, ...(bentofile === undefined ? {} : { bentofile }) }
}

const extensions = ['.ts', '.mts', '.js', '.mjs']

/** `service.ts:Iris` to a file and an export; undefined where there is no such file. */
async function findModule(
  text: string,
  folder: string,
): Promise<{ module: string; attr?: string } | undefined> {
  // A colon in the first two characters is a Windows drive.
  const colon = text.lastIndexOf(':')
  const hasAttr = colon > 1
  const path = resolve(folder, hasAttr ? text.slice(0, colon) : text)
  const attr = hasAttr ? text.slice(colon + 1) : ''
  for (const file of [path, ...extensions.map((extension) => `${path}${extension}`)]) {
    if (!extensions.includes(extname(file)) || !(await isFile(file))) continue
    return { module: file, ...(attr === '' ? {} : { attr }) }
  }
  return undefined
}

/** The nearest folder around a module that says it is a project, up to where the command was typed. */
async function contextOf(module: string, cwd: string): Promise<string> {
  if (!isInside(module, cwd)) return dirname(module)
  for (let folder = dirname(module); isInside(folder, cwd); folder = dirname(folder)) {
    for (const sign of [bentofileName, 'package.json']) {
      if (await isFile(join(folder, sign))) return folder
    }
  }
  return cwd
}

async function findTagged(text: string, { findBento }: TargetOptions): Promise<Target | undefined> {
  try {
    const path = await findBento(text)
    return path === undefined ? undefined : { kind: 'bento', path }
  } catch (error) {
    // What cannot be a tag was meant as a path.
    if (isBentoError(error) && error.code === 'TAG_INVALID') return undefined
    throw error
  }
}

function targetNotFound(text: string): BentoError {
  if (/^\w+:\/\//.test(text)) return targetIsUrl(text)
  const colon = text.lastIndexOf(':')
  const path = colon > 1 ? text.slice(0, colon) : text
  const name = basename(path)
  const tried = extensions.includes(extname(name)) ? name : candidates(name)
  return new BentoError(
    'TARGET_NOT_FOUND',
    `"${text}" is not a folder, not a module (no ${tried}) and not the tag of a bento in the store`,
    {
      hint: 'Name a module as service.ts:IrisClassifier, a project folder, or a tag that `bento list` shows.',
    },
  )
}

function targetIsUrl(text: string): BentoError {
  return new BentoError('TARGET_NOT_FOUND', `"${text}" is a URL, and no project or bento`, {
    hint: 'Name a module, a project folder or a tag; `bento bench`, `verify` and `client` also take the http:// or https:// address of a running service.',
  })
}

function candidates(name: string): string {
  const [first, ...rest] = extensions.map((extension) => `${name}${extension}`)
  return [first, ...rest.slice(0, -1)].join(', ') + ` or ${rest.at(-1)}`
}

function isInside(path: string, folder: string): boolean {
  const inside = relative(folder, path)
  return inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
