import { Readable } from 'node:stream'
import { Agent, request, type Dispatcher } from 'undici'
import { BentoError, isSystemError, messageOf } from '../errors.ts'
import { unreadBytes } from '../lib/unread-bytes.ts'
import { ClientError } from './client-error.ts'
import type { Transport, WireRequest, WireResponse } from './transport.ts'

/** PEM: who signed the service's certificate, and what a service asks of its clients. */
export interface ClientTls {
  /** Instead of the authorities that Node trusts. */
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly passphrase?: string
}

interface HttpTransportOptions {
  readonly dispatcher?: Dispatcher | undefined
  readonly tls?: ClientTls | undefined
}

/** HTTP over connections that are kept open. */
export class HttpTransport implements Transport {
  readonly #base: string
  readonly #dispatcher: Dispatcher
  readonly #isOwn: boolean

  constructor(url: string, { dispatcher, tls }: HttpTransportOptions = {}) {
    this.#base = checkUrl(url)
    this.#isOwn = dispatcher === undefined
    // How long a call may take is the caller's to say, and else the service's.
    this.#dispatcher = dispatcher ?? createAgent(tls)
  }

  async send({ path, body: sent, ...given }: WireRequest): Promise<WireResponse> {
    try {
      const answer = await request(this.#base + path, {
        ...given,
        body: Buffer.isBuffer(sent) ? sent : Readable.from(sent),
        dispatcher: this.#dispatcher,
        highWaterMark: unreadBytes,
      })
      const { statusCode: status, headers, body } = answer
      return { status, headers, body: this.#watched(body, given.signal) }
    } catch (error) {
      throw this.#translate(error, given.signal)
    }
  }

  async close(): Promise<void> {
    // A dispatcher that was given serves others too.
    if (this.#isOwn) await this.#dispatcher.destroy()
  }

  async *#watched(
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void> {
    try {
      yield* body
    } catch (error) {
      throw this.#translate(error, signal)
    }
  }

  #translate(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason
    const wasSent = !isBeforeSending(error)
    const what = wasSent ? 'The connection broke' : 'There is no connection'
    const code = wasSent ? 'CONNECTION_LOST' : 'UNREACHABLE'
    const message = `${what} to ${this.#base}: ${reasonOf(error)}`
    return new ClientError(code, message, { cause: error })
  }
}

function createAgent(tls: ClientTls | undefined): Agent {
  return new Agent({ headersTimeout: 0, bodyTimeout: 0, ...(tls && { connect: { ...tls } }) })
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new BentoError('USAGE', `"${text}" is not the URL of a service`, {
      hint: 'Write it with http:// or https:// in front, as http://127.0.0.1:3000.',
    })
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

const connectErrors = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]

// Of a certificate that one side does not take.
const handshakeError = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO$)/

const untrusted = /^(?:UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/

/** Whether a call failed since the service's certificate is not trusted. */
export function isCertificateRefused(error: unknown): boolean {
  const cause = isObject(error) && 'cause' in error ? error.cause : undefined
  return isObject(cause) && 'code' in cause && untrusted.test(String(cause.code))
}

/** Whatever fails while it connects has sent nothing. */
function isBeforeSending(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('code' in error && handshakeError.test(String(error.code))) return true
  if ('syscall' in error) return error.syscall === 'connect' || error.syscall === 'getaddrinfo'
  return connectErrors.some((code) => isSystemError(error, code))
}

/** Where several addresses were tried, the error itself says nothing. */
function reasonOf(error: unknown): string {
  const message = messageOf(error)
  return message === '' && isObject(error) && 'code' in error ? String(error.code) : message
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
