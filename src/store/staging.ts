import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { markOfThisProcess, stateOf } from '../lib/process-mark.ts'
import type { ProcessMark } from '../lib/process-mark.ts'
import { object, number, text } from '../lib/shape.ts'

/** A folder beside what is stored, filled out of sight and then renamed into its place. */
export interface Staging {
  readonly path: string
  /** Removes what is left of it. Idempotent; safe after a commit. */
  discard(): Promise<void>
}

const dayMs = 24 * 60 * 60 * 1000

/*
 * <store>/.staging/<random>/owner.json   who is filling it
 * <store>/.staging/<random>/content/     what will be renamed
 */
export async function createStaging(store: string): Promise<Staging> {
  await sweepStaging(store)
  const folder = join(store, '.staging', randomBytes(8).toString('hex'))
  await mkdir(folder, { recursive: true })
  await sign(folder)
  const path = join(folder, 'content')
  await mkdir(path)
  return { path, discard: () => rm(folder, { recursive: true, force: true }) }
}

/** Says in a folder that it is this process's. */
export async function sign(folder: string): Promise<void> {
  await writeFile(join(folder, 'owner.json'), JSON.stringify(await markOfThisProcess()))
}

/** Removes what processes that were killed have left. What a living process fills is never touched. */
export async function sweepStaging(store: string): Promise<void> {
  const root = join(store, '.staging')
  const names = await readdir(root).catch(() => [])
  for (const name of names) {
    const folder = join(root, name)
    if (!(await isAbandoned(folder))) continue
    // Whoever sweeps at the same time may win.
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

/** Whether whoever signed it is gone; what nobody signed is kept for a day. */
export async function isAbandoned(folder: string): Promise<boolean> {
  const owner = await readOwner(folder)
  const state = owner ? await stateOf(owner) : 'unknown'
  if (state !== 'unknown') return state === 'gone'
  // Of another machine, or killed before it could sign: only age tells.
  const made = await stat(folder).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > dayMs
}

async function readOwner(folder: string): Promise<ProcessMark | undefined> {
  try {
    return mark(JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')), '')
  } catch {
    // Not signed yet, or signed in half.
    return undefined
  }
}

const mark = object({ pid: number, started: text, place: text })
