import { listAt, textAt, valueAt } from '../../lib/records.ts'
import { type LogEntry, pollLog } from '../poll-log.ts'
import { RestApi } from '../rest-api.ts'
import type { LogLine, LogOptions } from '../target.ts'

interface CloudRunLogs extends LogOptions {
  readonly name: string
  readonly parent: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly token: () => Promise<string>
  readonly signal?: AbortSignal | undefined
}

/** Of 60 questions that a project may ask in a minute. */
const pauseMs = 3000
const largestPage = 1000

/** What Cloud Logging has of a service: the last lines, then what comes. */
export function readLogs(options: CloudRunLogs): AsyncGenerator<LogLine> {
  const api = openApi(options)
  const filter = `resource.type="cloud_run_revision" AND resource.labels.service_name="${options.name}"`
  const ask = (more: object): Promise<unknown> => {
    const body = { resourceNames: [`projects/${projectOf(options)}`], ...more }
    return api.require({ method: 'POST', path: 'entries:list', body }, 'to read the log')
  }
  return pollLog({
    ...options,
    pauseMs,
    async last(lines) {
      const pageSize = Math.min(lines, largestPage)
      const newest = await ask({ filter, orderBy: 'timestamp desc', pageSize })
      return entriesOf(newest).toReversed()
    },
    async since(at) {
      const from = `${filter} AND timestamp>="${new Date(at).toISOString()}"`
      const found: LogEntry[] = []
      let pageToken: string | undefined
      do {
        const page = { pageSize: largestPage, ...(pageToken !== undefined && { pageToken }) }
        const answer = await ask({ filter: from, orderBy: 'timestamp asc', ...page })
        found.push(...entriesOf(answer))
        pageToken = textAt(answer, 'nextPageToken')
      } while (pageToken !== undefined && pageToken !== '')
      return found
    },
  })
}

function openApi({ env, token, signal }: CloudRunLogs): RestApi {
  const base = env['CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING'] ?? 'https://logging.googleapis.com/'
  return new RestApi({
    vendor: 'Google Cloud',
    base: `${base.replace(/\/$/, '')}/v2/`,
    token,
    signal,
  })
}

function projectOf({ parent }: CloudRunLogs): string {
  const [, project = ''] = parent.split('/')
  return project
}

function entriesOf(answer: unknown): LogEntry[] {
  return listAt(answer, 'entries').map((entry) => ({
    id: textAt(entry, 'insertId') ?? '',
    at: Date.parse(textAt(entry, 'timestamp') ?? '') || 0,
    text: textOf(entry),
  }))
}

function textOf(entry: unknown): string {
  return textAt(entry, 'textPayload') ?? JSON.stringify(valueAt(entry, 'jsonPayload') ?? {})
}
