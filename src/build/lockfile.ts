import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { foreignLocks, writeLock } from '../config/node-schema.ts'
import { BentoError } from '../errors.ts'
import { isObject, parseObject } from './find-package.ts'

/** One package in a lock, as npm wrote it. */
export type LockEntry = Readonly<Record<string, unknown>>

export interface Lockfile {
  readonly file: string
  /** By place, as `node_modules/sharp`. */
  readonly packages: ReadonlyMap<string, LockEntry>
  /** The project's folder in it: empty, or the path of a workspace. */
  readonly place: string
}

/** The lock that a project is installed from: its own or its workspace's, else the one npm keeps of what it installed. */
export async function findLockfile(context: string, named?: string): Promise<Lockfile | undefined> {
  if (named !== undefined) return readNamed(context, named)
  for (const name of [
    'npm-shrinkwrap.json',
    'package-lock.json',
    'node_modules/.package-lock.json',
  ]) {
    for (let folder = context; ; folder = dirname(folder)) {
      const lock = await readLockfile(join(folder, name), folder, context)
      if (lock !== undefined) return lock
      if (folder === dirname(folder)) break
    }
  }
  return undefined
}

/** What to do where no lock pins these packages; the nearest lock says who manages them. */
export function pinHint(context: string, names: readonly string[]): string {
  const nearest = nearestOf(context, ['package-lock.json', ...foreignLocks])
  if (nearest === undefined || !foreignLocks.includes(nearest)) {
    return `Run \`npm install ${names.join(' ')}\` in the project.`
  }
  return `bento reads no ${nearest}: run \`${writeLock}\` beside it, and keep package-lock.json.`
}

function nearestOf(folder: string, names: readonly string[]): string | undefined {
  const above = dirname(folder)
  const found = names.find((name) => existsSync(join(folder, name)))
  return found ?? (folder === above ? undefined : nearestOf(above, names))
}

async function readNamed(context: string, named: string): Promise<Lockfile> {
  const file = join(context, named)
  const lock = await readLockfile(file, dirname(file), context)
  if (lock !== undefined) return { ...lock, place: '' }
  throw new BentoError('LOCKFILE_MISSING', `There is no lock "${file}"`, {
    hint: 'Correct node.lockfile in bentofile.yaml, or leave it out.',
  })
}

async function readLockfile(
  file: string,
  folder: string,
  context: string,
): Promise<Lockfile | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const packages = parseObject(text)?.['packages']
  if (!isObject(packages)) {
    throw new BentoError('LOCKFILE_MISSING', `"${file}" is not a lock of npm 7 or later`, {
      hint: 'Run `npm install` to write it again.',
    })
  }
  const entries = Object.entries(packages).filter((one): one is [string, LockEntry] =>
    isObject(one[1]),
  )
  return { file, packages: new Map(entries), place: relative(folder, context).split(sep).join('/') }
}

/** Where Node would find a package for the module at `from`: in the nearest node_modules on the way up. */
export function findPlace(
  has: (place: string) => boolean,
  from: string,
  name: string,
): string | undefined {
  const parts = from === '' ? [] : from.split('/')
  for (let end = parts.length; end >= 0; end--) {
    if (parts[end - 1] === 'node_modules') continue
    const place = [...parts.slice(0, end), 'node_modules', name].join('/')
    if (has(place)) return place
  }
  return undefined
}
