import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { isSystemError } from '../errors.ts'
import { byCodeUnit } from '../lib/order.ts'
import { extendedFiles } from './extended-files.ts'

/** What was looked at to make something: files, and folders for the names in them. Absolute. */
export interface Seen {
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

/** Files of a folder that say how what is in it, and below it, is found and read. */
const ruleFiles = ['package.json', 'tsconfig.json', 'jsconfig.json']

/** Written by npm, and by pnpm, with all that they installed. */
const installedFiles = ['node_modules/.package-lock.json', 'node_modules/.modules.yaml']

interface Inputs {
  /** What it was made of. */
  readonly inputs: readonly string[]
  /** The part of it that is bento's own, which looks for nothing in the folders around the project. */
  readonly own?: readonly string[]
  /** The project's folder. */
  readonly context: string
  /** What made it: only what is in these files counts. */
  readonly fixed: readonly string[]
}

/**
 * The files that something was made of, with all that decides that it was these: the names beside them, since a new file
 * may be found first, and the rules around them. Undefined where that cannot be told.
 */
export async function seenWith({
  inputs,
  own = [],
  context,
  fixed,
}: Inputs): Promise<Seen | undefined> {
  const around = upFrom(context)
  const ownFolders = own.flatMap((file) => foldersOf(file, around))
  const beside = new Set([
    ...inputs.flatMap((input) => foldersOf(input, around)),
    ...ownFolders.filter((folder) => !around.includes(folder)),
  ])
  const rules = [
    ...around.flatMap(ruleFilesOf),
    // The names tell when one is added.
    ...[...beside].flatMap(ruleFilesOf).filter((file) => existsSync(file)),
  ]
  const extended = await extendedFiles(rules.filter((file) => file.endsWith('config.json')))
  if (extended === undefined) return undefined
  const installed = around.flatMap((folder) => installedFiles.map((name) => join(folder, name)))
  const packages = around.map((folder) => join(folder, 'node_modules'))
  return {
    files: unique([...inputs, ...own, ...fixed, ...rules, ...extended, ...installed]),
    folders: unique([...beside, ...packages]),
  }
}

function ruleFilesOf(folder: string): string[] {
  return ruleFiles.map((name) => join(folder, name))
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].toSorted(byCodeUnit)
}

function upFrom(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...upFrom(above)]
}

/** The folders that an import of this file is looked for in: up to `node_modules`, or to one around the project. */
function foldersOf(file: string, around: readonly string[]): string[] {
  const all = upFrom(dirname(file))
  const last = all.findIndex(
    (folder) => folder.endsWith(`${sep}node_modules`) || around.includes(folder),
  )
  return all.slice(0, last + 1)
}

/**
 * A digest of all that was seen as it is now. Read at once, one after another: a thousand small files that are waited for
 * cost several times more than they take.
 */
export function digestSeen({ files, folders }: Seen): string {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = contentOf(file)
    // Its length parts it from the next.
    hash.update(`${content?.length ?? 'absent'}\n`).update(content ?? '')
  }
  for (const folder of folders) hash.update(`${namesIn(folder)}\n`)
  return hash.digest('hex')
}

function contentOf(file: string): Buffer | undefined {
  return ifThere(() => readFileSync(file))
}

function namesIn(folder: string): string {
  const entries = ifThere(() => readdirSync(folder, { withFileTypes: true }))
  if (entries === undefined) return 'absent'
  // Those with a dot are of tools, and of bento: no import finds them.
  const shown = entries.filter(({ name }) => !name.startsWith('.'))
  const names = shown.map((entry) => [
    entry.name,
    entry.isSymbolicLink() ? readlinkSync(join(folder, entry.name)) : '',
  ])
  return JSON.stringify(names.toSorted(([a = ''], [b = '']) => byCodeUnit(a, b)))
}

/** Tried first, and asked only then: nearly all are there, and to ask costs as much as to read. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    const isAbsent = ['ENOENT', 'ENOTDIR', 'EISDIR'].some((code) => isSystemError(error, code))
    if (isAbsent) return undefined
    throw error
  }
}

/** Whether something of it may have been written since a time: then nobody knows which text was read. */
export function isTouchedSince({ files, folders }: Seen, timeMs: number): boolean {
  const times = [...files, ...folders].map((path) => {
    const { ctimeMs, mtimeMs } = existsSync(path) ? statSync(path) : { ctimeMs: 0, mtimeMs: 0 }
    return Math.max(ctimeMs, mtimeMs)
  })
  return times.some((time) => time >= timeMs - clockTickMs)
}

/** The time of a file is that of the last tick. */
const clockTickMs = 20
