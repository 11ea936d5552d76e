import { openAsBlob } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError, messageOf } from '../errors.ts'
import { textAt } from '../lib/records.ts'

export interface RestCall {
  readonly method?: string
  /** Below the base address. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  /** Sent as it is, in place of a body. */
  readonly file?: string
}

export interface RestAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

export interface RestApiOptions {
  /** As people call it: "Google Cloud". */
  readonly vendor: string
  readonly base: string
  readonly token: () => Promise<string>
  readonly signal?: AbortSignal | undefined
  /** Absent: the token as a bearer. */
  readonly headers?: (token: string) => Readonly<Record<string, string>>
  /** Between tries; tests have no patience. */
  readonly pauseMs?: number
}

const octets = 'application/octet-stream'
const timeoutMs = 60_000
const tries = 4
const passing = new Set([429, 500, 502, 503, 504])

/** A vendor's JSON API behind a bearer token. What passes by itself is tried again. */
export class RestApi {
  readonly #options: RestApiOptions

  constructor(options: RestApiOptions) {
    this.#options = options
  }

  async call(call: RestCall): Promise<RestAnswer> {
    const { pauseMs = 300 } = this.#options
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(call)
      if (!passing.has(answer.status) || attempt === tries) return answer
      await sleep(pauseMs * 2 ** attempt)
    }
  }

  /** The body of a success. Throws DEPLOY_REFUSED in the vendor's own words. */
  async require(call: RestCall, what: string): Promise<unknown> {
    return this.requireOk(await this.call(call), what)
  }

  /** Undefined for what is not there. */
  async find(path: string, what: string, query?: RestCall['query']): Promise<unknown> {
    const answer = await this.call({ path, ...(query === undefined ? {} : { query }) })
    return answer.status === 404 ? undefined : this.requireOk(answer, what)
  }

  requireOk({ status, body }: RestAnswer, what: string): unknown {
    if (status < 300) return body
    const message =
      textAt(body, 'error', 'message') ??
      textAt(body, 'error') ??
      JSON.stringify(body).slice(0, 500)
    throw new BentoError(
      'DEPLOY_REFUSED',
      `${this.#options.vendor} refused ${what} with ${status}: ${message}`,
      { hint: hintFor(status, message) },
    )
  }

  async #send(call: RestCall): Promise<RestAnswer> {
    const { base, token, signal, headers: headersOf = bearer } = this.#options
    const url = new URL(`${base}${call.path}`)
    for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value)
    const given = headersOf(await token())
    // A file may take longer than any answer.
    const limit = call.file === undefined ? [AbortSignal.timeout(timeoutMs)] : []
    try {
      const { headers, body } = await contentOf(call)
      const answer = await fetch(url, {
        method: call.method ?? 'GET',
        headers: { ...given, ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.any(signal === undefined ? limit : [...limit, signal]),
      })
      const { status } = answer
      return { status, headers: answer.headers, body: parse(await answer.text()) }
    } catch (cause) {
      throw this.#unreachable(url, cause)
    }
  }

  #unreachable(url: URL, cause: unknown): BentoError {
    const { vendor, signal } = this.#options
    if (signal?.aborted === true) return interrupted(cause)
    return new BentoError(
      'DEPLOY_UNREACHABLE',
      `${vendor} does not answer at ${url.host}: ${messageOf(cause)}`,
      { hint: 'Check the network, and try again.', cause },
    )
  }
}

export function interrupted(cause?: unknown): BentoError {
  return new BentoError('INTERRUPTED', 'Stopped before it was done', {
    hint: 'Deploy again to finish: what is applied already stays as it is.',
    ...(cause === undefined ? {} : { cause }),
  })
}

async function contentOf({ body, file }: RestCall): Promise<{
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Blob
}> {
  if (file !== undefined) return { headers: {}, body: await openAsBlob(file, { type: octets }) }
  if (body === undefined) return { headers: {} }
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown)
  } catch {
    return text
  }
}

function hintFor(status: number, message: string): string {
  if (status === 401) return 'Log in again: the credentials are not valid.'
  if (/quota|limit/i.test(message)) return 'Ask for a higher quota, or for less.'
  if (status === 403) return 'Give the account that right, or use another.'
  if (status === 409 || status === 412) return 'Somebody else changes it now: try again.'
  if (status >= 500) return 'Try again: the cloud failed, not the deployment.'
  return 'Correct it in the deployment.yaml.'
}
