import { STATUS_CODES } from 'node:http'
import type { AppResponse } from '../../app.ts'
import type { HttpEvent } from './event.ts'

/** An answer as API Gateway, function URLs and load balancers read it. */
export interface LambdaAnswer {
  readonly statusCode: number
  /** Load balancers want it. */
  readonly statusDescription?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** What Lambda takes as one whole answer, in bytes of JSON. A streamed one has no such end. */
export const largestAnswer = 6 * 1024 * 1024

/** A whole answer. A stream is read to its end: only `writeStreamed` sends parts. */
export async function renderAnswer(
  { kind, hasLists }: Pick<HttpEvent, 'kind' | 'hasLists'>,
  { status, headers, body }: AppResponse,
): Promise<LambdaAnswer> {
  const bytes = Buffer.isBuffer(body) ? body : await readAll(body)
  const isText = isTextual(headers['content-type'], headers['content-encoding'], bytes)
  const sent = forwardedHeaders(headers)
  return {
    statusCode: status,
    ...(kind === 'load-balancer' && {
      statusDescription: `${status} ${STATUS_CODES[status] ?? 'Unknown'}`,
    }),
    ...(hasLists ? { multiValueHeaders: toLists(sent) } : { headers: sent }),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}

/** What goes before a streamed body. */
export function renderPrelude({ status, headers }: AppResponse): Buffer {
  const prelude = { statusCode: status, headers: forwardedHeaders(headers) }
  // Eight zero bytes end it; JSON never holds one.
  return Buffer.concat([Buffer.from(JSON.stringify(prelude)), Buffer.alloc(8)])
}

// The front of Lambda speaks HTTP with the client, and says these itself.
const ofConnections = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

function forwardedHeaders(headers: AppResponse['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnections.has(name)))
}

function toLists(headers: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
}

const textual = /^(text\/|application\/(.*\+)?(json|xml|javascript|x-ndjson|yaml)\b)/i

/** Whether it survives as text in JSON. */
function isTextual(type: string | undefined, encoding: string | undefined, bytes: Buffer): boolean {
  if (encoding !== undefined && encoding !== 'identity') return false
  if (type !== undefined && !textual.test(type)) return false
  return bytes.equals(Buffer.from(bytes.toString('utf8')))
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}
