import { createHash, timingSafeEqual } from 'node:crypto'
import { BentoError } from '../../errors.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { errorResponse, withHeaders } from './responses.ts'

// Who restarts a service must reach it without a key, and learns nothing else here.
const publicPaths = new Set(['/livez', '/healthz', '/readyz'])

/** Asks for a key everywhere but at the probes: what is not known to be public is not. */
export class Auth {
  readonly #digests: readonly Buffer[]

  /** Undefined when there are no keys: then everybody may call. */
  static of(keys: readonly string[]): Auth | undefined {
    return keys.length === 0 ? undefined : new Auth(keys)
  }

  private constructor(keys: readonly string[]) {
    this.#digests = keys.map(digestOf)
  }

  /** The answer to who has no key, or undefined for who may pass. Takes `Authorization: Bearer` and `X-API-Key`. */
  refuse({ headers }: AppRequest, path: string): AppResponse | undefined {
    if (publicPaths.has(path)) return undefined
    const key = bearerOf(headers['authorization']) ?? textOf(headers['x-api-key'])
    if (key !== undefined && this.#knows(key)) return undefined
    const message = key === undefined ? 'A key is needed here' : 'The key is not known here'
    const error = new BentoError('UNAUTHORIZED', message)
    return withHeaders(errorResponse(error), { 'www-authenticate': 'Bearer' })
  }

  // Digests have one length, and all are compared: the time that it takes tells nothing of a key.
  #knows(key: string): boolean {
    const digest = digestOf(key)
    let isKnown = false
    for (const one of this.#digests) isKnown = timingSafeEqual(one, digest) || isKnown
    return isKnown
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

function bearerOf(header: AppRequest['headers'][string]): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(textOf(header) ?? '')?.[1]
}

function textOf(header: AppRequest['headers'][string]): string | undefined {
  return typeof header === 'string' ? header : undefined
}
