import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeAtomically } from '../lib/files.ts'
import { digestSeen, isTouchedSince, type Seen } from './seen.ts'

export interface Recipe<T> {
  /** Where what was made is kept; absent: it is made each time. */
  readonly folder: string | undefined
  readonly name: string
  /** All that it depends on besides files, as plain data. */
  readonly key: unknown
  readonly make: () => Promise<Made<T>>
  readonly nowMs?: () => number
}

export interface Made<T> {
  readonly value: T
  /** Undefined where it cannot be told what it was made of: then it is not kept. */
  readonly seen: Seen | undefined
}

/*
 * <folder>/<name>-<digest of the key>.json
 *   a digest of what follows; then what was seen, a digest of that, and what was made of it
 */

/** Makes something, or takes what was made before while nothing that was seen then has changed. */
export async function makeOnce<T>(recipe: Recipe<T>): Promise<T> {
  const { folder, make, nowMs = Date.now } = recipe
  if (folder === undefined) return (await make()).value
  const file = join(
    folder,
    `${recipe.name}-${digestOf(JSON.stringify(recipe.key)).slice(0, 16)}.json`,
  )
  const kept = await findKept<T>(file)
  if (kept !== undefined) return kept.value
  const startedMs = nowMs()
  const { value, seen } = await make()
  // Not worth a failure: a folder that cannot be written only costs the time of making it again.
  if (seen !== undefined) await keep(file, { value, seen, startedMs }).catch(() => undefined)
  return value
}

interface Kept<T> {
  readonly seen: Seen
  readonly digest: string
  readonly value: T
}

async function findKept<T>(file: string): Promise<Kept<T> | undefined> {
  try {
    const bytes = await readFile(file)
    const end = bytes.indexOf('\n')
    const content = bytes.subarray(end + 1)
    if (digestOf(content) !== bytes.toString('utf8', 0, end)) return undefined
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the digest says that all of it was written here
    const kept = JSON.parse(content.toString()) as Kept<T>
    return digestSeen(kept.seen) === kept.digest ? kept : undefined
  } catch {
    // Not there, or nothing that can be read: it is made again, and written over.
    return undefined
  }
}

async function keep<T>(
  file: string,
  { value, seen, startedMs }: Omit<Kept<T>, 'digest'> & { readonly startedMs: number },
): Promise<void> {
  const digest = digestSeen(seen)
  if (isTouchedSince(seen, startedMs)) return
  const content = JSON.stringify({ seen, digest, value })
  await writeAtomically(file, `${digestOf(content)}\n${content}`)
  await dropOldest(file)
}

/** A project is built in a few ways: as it is served and as it is stored, of one service and of another. */
const mostKept = 4

async function dropOldest(file: string): Promise<void> {
  const folder = dirname(file)
  const kind = basename(file).replace(/-.*/, '-')
  const names = (await readdir(folder)).filter((name) => name.startsWith(kind))
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return { path, time: (await stat(path)).mtimeMs }
    }),
  )
  const old = files.toSorted((a, b) => b.time - a.time).slice(mostKept)
  await Promise.all(old.map(({ path }) => rm(path, { force: true })))
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
