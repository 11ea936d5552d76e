import type { LogScope } from '../log/render-line.ts'
import { OpenRecord } from './monitor-record.ts'

type Scope = NonNullable<LogScope>

let areUsed = false
/** Of the calls under way: their records, by the monitor's name. */
const open = new Map<Scope, Map<string, OpenRecord>>()

/** The service monitors something. */
export function useRecords(): void {
  areUsed = true
}

export function usesRecords(): boolean {
  return areUsed
}

/**
 * The record that `scope` has open: a call of a method has one for each name. It is ended when the call is, else when
 * the event loop turns.
 */
export function recordOf(name: string, scope: LogScope): OpenRecord {
  const records = scope && open.get(scope)
  if (!records) return new OpenRecord(name, scope, endSoon)
  const known = records.get(name)
  if (known) return known
  const record = new OpenRecord(name, scope, (first) => {
    // Logged to when its call is over.
    if (open.get(scope) !== records) endSoon(first)
  })
  records.set(name, record)
  return record
}

function endSoon(record: OpenRecord): void {
  setImmediate(() => record.end())
}

/** Does `work`, a call of a method, and ends the records of its scope. */
export function withRecords(scope: Scope, work: () => unknown): unknown {
  open.set(scope, new Map())
  let answer: unknown
  try {
    answer = work()
  } catch (error) {
    endRecords(scope)
    throw error
  }
  if (answer instanceof Promise) return answer.finally(() => endRecords(scope))
  endRecords(scope)
  return answer
}

function endRecords(scope: Scope): void {
  const records = open.get(scope)
  open.delete(scope)
  for (const record of records?.values() ?? []) record.end()
}
