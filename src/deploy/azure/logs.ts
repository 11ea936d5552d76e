import { BentoError, messageOf } from '../../errors.ts'
import { listAt, textAt } from '../../lib/records.ts'
import type { LogOptions } from '../target.ts'
import type { Apps } from './apps.ts'

interface AppLogs extends LogOptions {
  readonly name: string
  readonly revision: string
  readonly signal?: AbortSignal | undefined
}

/** What the replicas of a revision have logged, from where Azure streams it. */
export async function* readLogs(apps: Apps, options: AppLogs): AsyncGenerator<string> {
  const { name, revision } = options
  const replicas = await apps.replicas(name, revision)
  const containers = replicas.flatMap((one) => listAt(one, 'properties', 'containers'))
  const endpoints = containers.map((one) => textAt(one, 'logStreamEndpoint') ?? '')
  const token = await apps.logToken(name)
  const lines = endpoints.filter((url) => url !== '').map((url) => linesOf(url, token, options))
  yield* options.follow ? together(lines) : inTurn(lines)
}

async function* inTurn(all: readonly AsyncGenerator<string>[]): AsyncGenerator<string> {
  for (const lines of all) yield* lines
}

/** Each line as it comes, of whichever. */
async function* together(all: readonly AsyncGenerator<string>[]): AsyncGenerator<string> {
  const waiting = new Map(all.map((lines) => [lines, next(lines)]))
  while (waiting.size > 0) {
    const { lines, step } = await Promise.race(waiting.values())
    if (step.done === true) waiting.delete(lines)
    else {
      waiting.set(lines, next(lines))
      yield step.value
    }
  }
}

async function next(lines: AsyncGenerator<string>): Promise<Step> {
  return { lines, step: await lines.next() }
}

interface Step {
  readonly lines: AsyncGenerator<string>
  readonly step: IteratorResult<string, unknown>
}

async function* linesOf(
  endpoint: string,
  token: string,
  { follow, lines, signal }: AppLogs,
): AsyncGenerator<string> {
  const url = new URL(endpoint)
  for (const [key, value] of Object.entries({ follow, tailLines: lines, output: 'text' })) {
    url.searchParams.set(key, String(value))
  }
  try {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(url, { headers, ...(signal && { signal }) })
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    yield* splitLines(answer.body ?? new ReadableStream())
  } catch (cause) {
    if (signal?.aborted === true) return
    throw new BentoError('DEPLOY_UNREACHABLE', `The log of Azure is cut off: ${messageOf(cause)}`, {
      hint: 'Try again.',
      cause,
    })
  }
}

async function* splitLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of body) {
    const whole = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = whole.pop() ?? ''
    yield* whole
  }
  if (rest !== '') yield rest
}
