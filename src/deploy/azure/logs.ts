import { BentoError, messageOf } from '../../errors.ts'
import { listAt, textAt } from '../../lib/records.ts'
import { inTurn, lineOf, splitLines, together } from '../log-lines.ts'
import { interrupted } from '../rest-api.ts'
import type { LogLine, LogOptions } from '../target.ts'
import type { Apps } from './apps.ts'

interface AppLogs extends LogOptions {
  readonly name: string
  readonly revision: string
  readonly signal?: AbortSignal | undefined
}

// Azure shows no more of what was before.
const mostLines = 300

/** What the replicas of a revision have logged, from where Azure streams it. */
export async function* readLogs(apps: Apps, options: AppLogs): AsyncGenerator<LogLine> {
  const { name, revision } = options
  const replicas = await apps.replicas(name, revision)
  const containers = replicas.flatMap((one) => listAt(one, 'properties', 'containers'))
  const endpoints = containers.map((one) => textAt(one, 'logStreamEndpoint') ?? '')
  const token = await apps.logToken(name)
  const lines = endpoints.filter((url) => url !== '').map((url) => linesOf(url, token, options))
  yield* options.follow ? together(lines) : inTurn(lines)
}

async function* linesOf(
  endpoint: string,
  token: string,
  { follow, lines, signal }: AppLogs,
): AsyncGenerator<LogLine> {
  const url = new URL(endpoint)
  const tailLines = Math.min(lines, mostLines)
  for (const [key, value] of Object.entries({ follow, tailLines, output: 'text' })) {
    url.searchParams.set(key, String(value))
  }
  try {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(url, { headers, ...(signal && { signal }) })
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    for await (const line of splitLines(answer.body ?? new ReadableStream())) yield lineOf(line)
  } catch (cause) {
    if (signal?.aborted === true) throw interrupted(cause)
    throw new BentoError('DEPLOY_UNREACHABLE', `The log of Azure is cut off: ${messageOf(cause)}`, {
      hint: 'Try again.',
      cause,
    })
  }
}
