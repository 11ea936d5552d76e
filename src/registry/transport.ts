import { setTimeout as sleep } from 'node:timers/promises'
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici'
import { BentoError, isBentoError, messageOf } from '../errors.ts'
import { unreadBytes } from '../lib/unread-bytes.ts'
import type { Env } from './credentials.ts'

export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** Opens the body anew for each try. */
  readonly body?: () => Dispatcher.DispatchOptions['body']
}

export interface WireResponse {
  readonly status: number
  /** The address that answered, after redirects. */
  readonly url: URL
  header(name: string): string | undefined
  readonly body: Dispatcher.ResponseData['body']
}

export interface TransportOptions {
  /** For HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly env: Env
  /** Certificates are not checked, and plain HTTP will do. */
  readonly isInsecure: boolean
  readonly signal?: AbortSignal
  /** Tries of one request that meets a fault that may pass. */
  readonly tries?: number
  /** The first pause between two tries; it doubles. */
  readonly pauseMs?: number
}

/** HTTP as registries need it: proxies, redirects that leave credentials behind, and retries of what may pass. */
export class Transport {
  readonly #options: TransportOptions
  readonly #agent: EnvHttpProxyAgent

  constructor(options: TransportOptions) {
    this.#options = options
    const { env } = options
    const either = (name: string): string | undefined => env[name.toLowerCase()] ?? env[name]
    this.#agent = new EnvHttpProxyAgent({
      httpProxy: either('HTTP_PROXY') ?? '',
      httpsProxy: either('HTTPS_PROXY') ?? '',
      noProxy: either('NO_PROXY') ?? '',
      connect: { rejectUnauthorized: !options.isInsecure, timeout: 10_000 },
      headersTimeout: 60_000,
      bodyTimeout: 60_000,
    })
  }

  get options(): TransportOptions {
    return this.#options
  }

  async send(wanted: WireRequest): Promise<WireResponse> {
    const { tries = 4, pauseMs = 300 } = this.#options
    for (let tried = 1; tried < tries; tried++) {
      const answer = await this.#follow(wanted).catch((error: unknown) => {
        if (isBentoError(error) || !mayPass(error)) throw unreachable(wanted.url, error)
        return undefined
      })
      if (answer !== undefined && !isPassing(answer.status)) return answer
      // A little chance, so that many clients do not come back together.
      await this.#pause(answer, pauseMs * 2 ** (tried - 1) * (0.75 + Math.random() / 2))
    }
    return this.#follow(wanted).catch((error: unknown) => {
      throw unreachable(wanted.url, error)
    })
  }

  async #pause(answer: WireResponse | undefined, pauseMs: number): Promise<void> {
    const { signal } = this.#options
    const wait = answer && retryAfterMs(answer)
    await answer?.body.dump()
    await sleep(wait ?? pauseMs, undefined, signal === undefined ? {} : { signal })
  }

  /** Only what reads is redirected: an upload says its own next address. */
  async #follow(wanted: WireRequest): Promise<WireResponse> {
    let current = wanted
    for (let hops = 0; hops < 6; hops++) {
      const answer = await this.#once(current)
      const location = answer.header('location')
      const isRead = wanted.method === 'GET' || wanted.method === 'HEAD'
      if (!isRead || location === undefined || ![301, 302, 303, 307, 308].includes(answer.status)) {
        return answer
      }
      await answer.body.dump()
      current = redirected(current, new URL(location, current.url))
    }
    throw new BentoError('REGISTRY_FAILED', `"${wanted.url.host}" redirects without end`)
  }

  async #once({ method, url, headers, body }: WireRequest): Promise<WireResponse> {
    const { signal } = this.#options
    const answer = await request(url, {
      method,
      dispatcher: this.#agent,
      headers: { 'user-agent': 'bentojs', ...headers },
      highWaterMark: unreadBytes,
      ...(body === undefined ? {} : { body: body() ?? null }),
      ...(signal === undefined ? {} : { signal }),
    })
    return {
      status: answer.statusCode,
      url,
      body: answer.body,
      header: (name) => {
        const value = answer.headers[name]
        return Array.isArray(value) ? value[0] : value
      },
    }
  }

  close(): Promise<void> {
    return this.#agent.close()
  }
}

/** What an answer says beside its status; nothing of a body that was read already, which undici cannot bear to be asked for. */
export async function textOf({ body }: WireResponse): Promise<string> {
  return body.readableEnded ? '' : body.text().catch(() => '')
}

/** Credentials stay with the host that they are for, and a redirect never leads from TLS to plain text. */
function redirected(from: WireRequest, url: URL): WireRequest {
  if (from.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw new BentoError(
      'REGISTRY_FAILED',
      `"${from.url.host}" redirects to "${url.origin}", without TLS`,
    )
  }
  if (url.origin === from.url.origin) return { ...from, url }
  const { authorization: _, ...headers } = from.headers ?? {}
  return { ...from, url, headers }
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501)
}

function retryAfterMs(answer: WireResponse): number | undefined {
  const seconds = Number(answer.header('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 30) * 1000 : undefined
}

const passing = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/** Whether the same request may work in a moment. */
export function mayPass(error: unknown): boolean {
  return codesOf(error).some((code) => passing.has(code))
}

/** The codes of an error and of what caused it. */
export function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return []
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  return [...code, ...('cause' in error ? codesOf(error.cause) : [])]
}

function unreachable(url: URL, cause: unknown): unknown {
  const codes = codesOf(cause)
  if (isBentoError(cause) || codes.some((code) => aborts.has(code))) return cause
  const problem = codes[0] ?? messageOf(cause)
  return new BentoError('REGISTRY_FAILED', `"${url.host}" cannot be reached: ${problem}`, {
    hint: 'Check the name and the network; for a registry without TLS give --insecure.',
    cause,
  })
}

const aborts = new Set(['ABORT_ERR', 'UND_ERR_ABORTED'])
