import { request as send } from 'undici'
import { BentoError } from '../errors.ts'
import { growBody } from './grow-body.ts'

export interface MethodCaller {
  /** Of the service, without a slash at its end. */
  readonly url: string
  readonly route: string
  /** A request, as JSON. */
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Runs a batch of so many rows: one request, when nobody else asks. Undefined where the method takes no so many. */
export async function runMethod(
  { url, route, body, headers }: MethodCaller,
  rows: number,
): Promise<number | undefined> {
  const answer = await send(`${url}${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: growBody(body, rows),
  })
  const text = await answer.body.text()
  if (answer.statusCode === 200) return batchMs(String(answer.headers['server-timing']), rows)
  if (rows > 1 && [400, 413].includes(answer.statusCode)) return undefined
  throw new BentoError('USAGE', `${route} answered ${answer.statusCode}: ${shorten(text)}`, {
    hint: 'Give a request that it takes with --data.',
  })
}

function batchMs(timing: string, rows: number): number {
  const found = /infer;dur=([\d.e-]+).*batch;desc="(\d+) rows/.exec(timing)
  if (found && Number(found[2]) === rows) return Number(found[1])
  throw new Error(`A request of ${rows} rows was no batch of its own: ${timing}`)
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
