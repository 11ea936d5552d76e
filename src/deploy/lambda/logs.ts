import { setTimeout as sleep } from 'node:timers/promises'
import { listAt, numberAt, textAt } from '../../lib/records.ts'
import { type AwsApi, requireOk } from '../aws/api.ts'
import type { LogOptions } from '../target.ts'

const pollMs = 2000
const dayMs = 24 * 3600 * 1000

/** What CloudWatch has of a function: the last lines of a day, then what comes. */
export async function* readLogs(
  api: AwsApi,
  name: string,
  { lines, follow, signal }: LogOptions & { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<string> {
  const seen = new Set<string>()
  let startTime = Date.now() - dayMs
  const first = await read(api, name, startTime)
  for (const { id, text } of first.slice(-lines)) yield* once(seen, id, text)
  for (const { id } of first) seen.add(id)
  if (!follow) return
  for (;;) {
    await sleep(pollMs)
    if (signal?.aborted === true) return
    const events = await read(api, name, startTime)
    for (const { id, text } of events) yield* once(seen, id, text)
    startTime = Math.max(startTime, ...events.map(({ time }) => time))
  }
}

function* once(seen: Set<string>, id: string, text: string): Generator<string> {
  if (seen.has(id)) return
  seen.add(id)
  yield text
}

interface LogEvent {
  readonly id: string
  readonly time: number
  readonly text: string
}

async function read(api: AwsApi, name: string, startTime: number): Promise<LogEvent[]> {
  const found: unknown[] = []
  let nextToken: string | undefined
  do {
    const answer = await api.json('logs', 'Logs_20140328.FilterLogEvents', {
      logGroupName: `/aws/lambda/${name}`,
      startTime,
      ...(nextToken === undefined ? {} : { nextToken }),
    })
    // A function that has never run has no group.
    if (answer.error === 'ResourceNotFoundException') return []
    const body = requireOk(answer, 'to read the log')
    found.push(...listAt(body, 'events'))
    nextToken = textAt(body, 'nextToken')
  } while (nextToken !== undefined)
  return found.map((event) => ({
    id: textAt(event, 'eventId') ?? '',
    time: numberAt(event, 'timestamp') ?? 0,
    text: (textAt(event, 'message') ?? '').trimEnd(),
  }))
}
