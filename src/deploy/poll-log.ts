import { setTimeout as sleep } from 'node:timers/promises'
import { lineOf } from './log-lines.ts'
import type { LogLine, LogOptions } from './target.ts'

export interface LogEntry {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
}

export interface PolledLog extends LogOptions {
  /** The newest so many or more, the oldest first. */
  readonly last: (lines: number) => Promise<readonly LogEntry[]>
  /** All from a time on, the oldest first. */
  readonly since: (at: number) => Promise<readonly LogEntry[]>
  readonly pauseMs: number
  readonly signal?: AbortSignal | undefined
}

/** A cloud's log may show a line some time after it was written. */
const lateMs = 10_000

/** The lines of a log that can only be asked for: the last ones, then what comes, each once. */
export async function* pollLog(log: PolledLog): AsyncGenerator<LogLine> {
  const began = Date.now()
  const known = await log.last(log.lines)
  const shown = known.slice(-log.lines)
  for (const { text } of shown) yield lineOf(text)
  if (!log.follow) return
  const oldest = shown[0]?.at ?? began
  const newest = shown.at(-1)?.at ?? began
  yield* comingLines(log, { oldest, newest, seen: idsOf(known) })
}

interface Shown {
  readonly oldest: number
  newest: number
  seen: ReadonlySet<string>
}

async function* comingLines(log: PolledLog, shown: Shown): AsyncGenerator<LogLine> {
  const { pauseMs, signal } = log
  for (;;) {
    await sleep(pauseMs, undefined, { signal })
    const { oldest, newest, seen } = shown
    const entries = await log.since(Math.max(oldest, newest - lateMs))
    // What shares its millisecond with the first line that was shown may have come before it.
    for (const { id, at, text } of entries) if (at > oldest && !seen.has(id)) yield lineOf(text)
    shown.seen = idsOf(entries)
    shown.newest = entries.reduce((latest, { at }) => Math.max(latest, at), newest)
  }
}

function idsOf(entries: readonly LogEntry[]): ReadonlySet<string> {
  return new Set(entries.map(({ id }) => id))
}
