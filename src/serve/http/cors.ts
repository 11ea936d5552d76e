import type { ServeOptions } from '../../config/service-options.ts'
import { BentoError } from '../../errors.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { errorResponse, textResponse, withHeaders } from './responses.ts'

type CorsOptions = ServeOptions['http']['cors']

// What a browser may always send: the safelisted headers of the Fetch standard.
const safeHeaders = ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type']
const allMethods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

/**
 * Cross-origin requests, as Starlette's middleware and so BentoML answers them; but errors carry the headers too, so
 * that a page can read why its call failed.
 */
export class Cors {
  readonly #options: CorsOptions
  readonly #origins: ReadonlySet<string>
  readonly #pattern: RegExp | undefined
  readonly #methods: readonly string[]
  readonly #headers: ReadonlySet<string>

  /** Undefined when it is off. */
  static of(options: CorsOptions): Cors | undefined {
    return options.enabled ? new Cors(options) : undefined
  }

  private constructor(options: CorsOptions) {
    const { accessControlAllowOriginRegex: pattern } = options
    this.#options = options
    this.#origins = new Set(options.accessControlAllowOrigins)
    this.#pattern = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`)
    const methods = options.accessControlAllowMethods
    this.#methods = methods.includes('*') ? allMethods : methods
    this.#headers = new Set(
      [...safeHeaders, ...options.accessControlAllowHeaders].map((name) => name.toLowerCase()),
    )
  }

  /** The answer to a browser that asks whether it may send a request; undefined when this is no such question. */
  preflight(request: AppRequest): AppResponse | undefined {
    const { method, headers } = request
    const wanted = headers['access-control-request-method']
    if (method !== 'OPTIONS' || headers.origin === undefined || wanted === undefined) {
      return undefined
    }
    const problems = this.#problems(request, String(wanted))
    if (problems.length > 0) {
      const message = `Disallowed CORS ${problems.join(', ')}`
      return errorResponse(new BentoError('ORIGIN_REFUSED', message))
    }
    return withHeaders(textResponse(200, 'OK'), this.#permissions(request))
  }

  /** Says to the browser whether the page may read the answer. */
  decorate({ headers }: AppRequest, response: AppResponse): AppResponse {
    const { accessControlExposeHeaders: exposed } = this.#options
    const origin = originOf(headers)
    const vary = this.#isOpen ? {} : { vary: 'Origin' }
    if (origin === undefined || !this.#allows(origin)) return withHeaders(response, vary)
    return withHeaders(response, {
      ...vary,
      ...this.#origin(origin),
      ...(exposed.length === 0 ? {} : { 'access-control-expose-headers': exposed.join(', ') }),
    })
  }

  /** Any page may read any answer, and none is made for somebody. */
  get #isOpen(): boolean {
    return this.#origins.has('*') && !this.#options.accessControlAllowCredentials
  }

  #allows(origin: string): boolean {
    if (this.#origins.has('*') || this.#origins.has(origin)) return true
    return this.#pattern?.test(origin) ?? false
  }

  #origin(origin: string): Record<string, string> {
    const allowed = { 'access-control-allow-origin': this.#isOpen ? '*' : origin }
    if (!this.#options.accessControlAllowCredentials) return allowed
    return { ...allowed, 'access-control-allow-credentials': 'true' }
  }

  #problems({ headers }: AppRequest, method: string): string[] {
    const origin = originOf(headers)
    const asked = requestedHeaders(headers)
    const isOpenToHeaders = this.#headers.has('*')
    return [
      ...(origin !== undefined && this.#allows(origin) ? [] : ['origin']),
      ...(this.#methods.includes(method) ? [] : ['method']),
      ...(isOpenToHeaders || asked.every((name) => this.#headers.has(name)) ? [] : ['headers']),
    ]
  }

  #permissions({ headers }: AppRequest): Record<string, string> {
    const { accessControlMaxAge: maxAge, accessControlAllowHeaders: allowed } = this.#options
    const names = allowed.includes('*')
      ? requestedHeaders(headers)
      : [...new Set([...safeHeaders, ...allowed])].toSorted()
    return {
      'access-control-allow-methods': this.#methods.join(', '),
      'access-control-allow-headers': names.join(', '),
      'access-control-max-age': String(maxAge),
    }
  }
}

function originOf(headers: AppRequest['headers']): string | undefined {
  return typeof headers.origin === 'string' ? headers.origin : undefined
}

/** In lower case. */
function requestedHeaders(headers: AppRequest['headers']): string[] {
  const text = String(headers['access-control-request-headers'] ?? '')
  return text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
