import { setTimeout as sleep } from 'node:timers/promises'
import { listAt, textAt, valueAt } from '../../lib/records.ts'
import { RestApi } from '../rest-api.ts'
import type { LogOptions } from '../target.ts'

interface CloudRunLogs extends LogOptions {
  readonly name: string
  readonly parent: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly token: () => Promise<string>
  readonly signal?: AbortSignal | undefined
}

const pollMs = 3000

/** What Cloud Logging has of a service: the last lines, then what comes. */
export async function* readLogs(options: CloudRunLogs): AsyncGenerator<string> {
  const { env, token, signal, lines, follow } = options
  const base = env['CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING'] ?? 'https://logging.googleapis.com/'
  const api = new RestApi({
    vendor: 'Google Cloud',
    base: `${base.replace(/\/$/, '')}/v2/`,
    token,
    signal,
  })
  const seen = new Set<string>()
  for (;;) {
    const entries = await read(api, options, seen.size === 0 ? lines : 1000)
    for (const { id, text } of entries) {
      if (!seen.has(id)) yield text
      seen.add(id)
    }
    if (!follow) return
    await sleep(pollMs)
    if (signal?.aborted === true) return
  }
}

async function read(
  api: RestApi,
  { name, parent }: CloudRunLogs,
  pageSize: number,
): Promise<{ id: string; text: string }[]> {
  const [, project = ''] = parent.split('/')
  const body = {
    resourceNames: [`projects/${project}`],
    filter: `resource.type="cloud_run_revision" AND resource.labels.service_name="${name}"`,
    orderBy: 'timestamp desc',
    pageSize,
  }
  const answer = await api.require(
    { method: 'POST', path: 'entries:list', body },
    'to read the log',
  )
  return listAt(answer, 'entries')
    .toReversed()
    .map((entry) => ({ id: textAt(entry, 'insertId') ?? '', text: textOf(entry) }))
}

function textOf(entry: unknown): string {
  return textAt(entry, 'textPayload') ?? JSON.stringify(valueAt(entry, 'jsonPayload') ?? {})
}
