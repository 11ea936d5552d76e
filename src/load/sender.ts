import type { SecureContextOptions } from 'node:tls'
import { Pool } from 'undici'
import { isSystemError, messageOf } from '../errors.ts'

export interface SenderOptions {
  /** Of the service, as `http://127.0.0.1:3000`. */
  readonly url: string
  readonly route: string
  /** Sent in turn. */
  readonly bodies: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** For `https:`, instead of what Node trusts. */
  readonly tls?: SecureContextOptions | undefined
}

export interface Sender {
  /** Undefined for a good answer, else what was wrong, as `503 QUEUE_FULL` or `timeout`. */
  send(): Promise<string | undefined>
  close(): Promise<void>
}

/** Posts bodies to one route, over as many connections as it takes. */
export function openSender(options: SenderOptions): Sender {
  const { origin, pathname } = new URL(options.url)
  const { bodies, timeoutMs, tls } = options
  const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
  const pool = new Pool(origin, { ...timeouts, ...(tls && { connect: { ...tls } }) })
  const path = `${pathname.replace(/\/$/, '')}${options.route}`
  const headers = { 'content-type': 'application/json', ...options.headers }
  let sent = 0
  return {
    async send() {
      const body = bodies[sent++ % bodies.length] ?? '{}'
      try {
        const answer = await pool.request({ method: 'POST', path, headers, body })
        const text = await answer.body.text()
        const isGood = answer.statusCode >= 200 && answer.statusCode < 300
        return isGood ? undefined : `${answer.statusCode} ${codeOf(text)}`.trim()
      } catch (error) {
        return nameOf(error)
      }
    },
    close: () => pool.destroy(),
  }
}

function codeOf(text: string): string {
  return /"code":\s*"([A-Z_]+)"/.exec(text)?.[1] ?? ''
}

function nameOf(error: unknown): string {
  const timeouts = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']
  if (timeouts.some((code) => isSystemError(error, code))) return 'timeout'
  return messageOf(error)
}
