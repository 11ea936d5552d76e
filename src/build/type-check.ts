import { readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, sep } from 'node:path'
import { BentoError } from '../errors.ts'
import { runNode } from '../lib/exec.ts'
import { isObject, readManifest } from './find-package.ts'
import { makeOnce } from './kept.ts'
import { type Seen, seenWith } from './seen.ts'

export interface TypeCheck {
  readonly done: boolean
  /** Why it was skipped, or with what it was done. */
  readonly note: string
}

/**
 * Checks a project's types with its own TypeScript and its own tsconfig.json, where it has both. Types that were right
 * are checked again when something of them has changed.
 */
export async function checkTypes(context: string, cache?: string): Promise<TypeCheck> {
  const config = join(context, 'tsconfig.json')
  const hasConfig = await stat(config).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!hasConfig) return { done: false, note: 'types not checked: no tsconfig.json' }
  const compiler = await findCompiler(context)
  if (compiler === undefined) {
    return { done: false, note: 'types not checked: TypeScript is not installed' }
  }
  const { version } = compiler
  await makeOnce({
    folder: cache,
    name: 'types',
    key: [context, version],
    make: async () => ({
      value: null,
      seen: await seenByCompiler(await runCompiler(compiler, config), { context, compiler }),
    }),
  })
  return { done: true, note: `types checked with TypeScript ${version}` }
}

/** The files that it read. */
async function runCompiler({ file }: Compiler, config: string): Promise<string[]> {
  const args = ['--noEmit', '--pretty', 'false', '--listFiles', '-p', config]
  const { code, stdout, stderr } = await runNode(file, { cwd: dirname(config), args })
  const lines = `${stdout}${stderr}`.trimEnd().split('\n')
  if (code === 0) return lines.filter((line) => isAbsolute(line))
  const problems = lines.filter((line) => !isListed(line))
  throw new BentoError('TYPES_FAILED', ['TypeScript rejects the project', ...problems].join('\n'), {
    hint: 'Correct the lines above, or build with --no-check.',
  })
}

/** A line of the list, and not one about a file: that has a place and a text. */
function isListed(line: string): boolean {
  return isAbsolute(line) && /\.[cm]?[jt]sx?$|\.json$/.test(line) && !line.includes('): error ')
}

/** A new file anywhere in the project may be one of those that are checked. */
async function seenByCompiler(
  read: readonly string[],
  { context, compiler }: { readonly context: string; readonly compiler: Compiler },
): Promise<Seen | undefined> {
  const others = read.filter((file) => !file.split(sep).includes('node_modules'))
  if (others.some((file) => !file.startsWith(context + sep))) return undefined
  const seen = await seenWith({ inputs: read, context, fixed: [compiler.manifest] })
  return seen && { ...seen, folders: [...seen.folders, ...(await foldersBelow(context))] }
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const own = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
  )
  const below = await Promise.all(own.map(({ name }) => foldersBelow(join(folder, name))))
  return [folder, ...below.flat()]
}

interface Compiler {
  readonly file: string
  readonly version: string
  /** Its package.json. */
  readonly manifest: string
}

async function findCompiler(context: string): Promise<Compiler | undefined> {
  try {
    const path = createRequire(join(context, 'package.json')).resolve('typescript/package.json')
    const manifest = await readManifest(dirname(path))
    const bin = manifest?.['bin']
    const tsc = isObject(bin) ? bin['tsc'] : undefined
    if (typeof tsc !== 'string') return undefined
    const file = join(dirname(path), tsc)
    return { file, version: String(manifest?.['version']), manifest: path }
  } catch {
    // Not installed in the project or above it.
    return undefined
  }
}
