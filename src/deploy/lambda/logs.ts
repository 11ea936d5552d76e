import { listAt, numberAt, textAt } from '../../lib/records.ts'
import { type AwsApi, requireOk } from '../aws/api.ts'
import { type LogEntry, pollLog } from '../poll-log.ts'
import type { LogLine, LogOptions } from '../target.ts'

const pauseMs = 2000
const dayMs = 24 * 3600 * 1000

/** What CloudWatch has of a function: the last lines of a day, then what comes. */
export function readLogs(
  api: AwsApi,
  name: string,
  options: LogOptions & { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<LogLine> {
  return pollLog({
    ...options,
    pauseMs,
    last: () => read(api, name, Date.now() - dayMs),
    since: (at) => read(api, name, at),
  })
}

async function read(api: AwsApi, name: string, startTime: number): Promise<LogEntry[]> {
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
    at: numberAt(event, 'timestamp') ?? 0,
    text: (textAt(event, 'message') ?? '').trimEnd(),
  }))
}
