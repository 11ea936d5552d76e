import { type CookieOptions, renderCookie } from '../lib/cookies.ts'
import type { ContextResponse } from './context.ts'

/** What a method says of its answer. */
export class ResponseDraft implements ContextResponse {
  status = 200
  headers: Record<string, string> = {}
  #cookies: string[] | undefined

  setCookie(name: string, value: string, options?: CookieOptions): void {
    this.#cookies = [...(this.#cookies ?? []), renderCookie(name, value, options)]
  }

  /** Values of `Set-Cookie`. */
  get cookies(): readonly string[] | undefined {
    return this.#cookies
  }
}
