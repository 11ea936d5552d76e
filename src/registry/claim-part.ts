import { createHash, randomBytes } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSystemError } from '../errors.ts'
import { markOfThisProcess, stateOf, type ProcessMark } from '../lib/process-mark.ts'

/*
 * FILE.part                     what a call left that failed
 * FILE.<owner>.<random>.part    what somebody is fetching; free for others once that process is gone
 *
 * Two that fetch the same at once never write into one file, and what a killed process has fetched is not lost. A rename
 * gives a part to one of those who want it.
 */

/** A place to go on fetching at, which nobody else writes into: what is left of an earlier call, or nothing yet. */
export async function claimPart(file: string): Promise<string> {
  const mine = `${file}.${nameOf(await markOfThisProcess())}.${randomBytes(6).toString('hex')}.part`
  for (const name of await readdir(dirname(file)).catch(() => [])) {
    if (!(await isFree(name, basename(file)))) continue
    if (await took(join(dirname(file), name), mine)) return mine
  }
  return mine
}

/** What was fetched is for whoever comes next. */
export async function releasePart(part: string, file: string): Promise<void> {
  await took(part, `${file}.part`)
}

async function took(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}

async function isFree(name: string, file: string): Promise<boolean> {
  if (name === `${file}.part`) return true
  if (!name.startsWith(`${file}.`) || !name.endsWith('.part')) return false
  const owner = name.slice(file.length + 1).split('.')[0] ?? ''
  const [id = '', started = '', place = ''] = owner.split('-')
  const mark = await markOfThisProcess()
  if (place !== hashOf(mark.place)) return false
  return (await stateOf({ pid: Number(id), started, place: mark.place })) === 'gone'
}

function nameOf({ pid, started, place }: ProcessMark): string {
  return `${pid}-${started}-${hashOf(place)}`
}

function hashOf(place: string): string {
  return createHash('sha256').update(place).digest('hex').slice(0, 12)
}
