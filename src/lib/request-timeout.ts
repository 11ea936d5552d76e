import { BentoError } from '../errors.ts'

/** The header with which a client says how many seconds its request may take, as `2.5`. */
export const requestTimeoutHeader = 'x-request-timeout'

const seconds = /^\d{1,9}(?:\.\d{1,9})?$/

/** Milliseconds; undefined where the client says nothing. Throws HEADER_INVALID. */
export function parseRequestTimeout(
  header: string | readonly string[] | undefined,
): number | undefined {
  if (header === undefined) return undefined
  const ms = typeof header === 'string' && seconds.test(header) ? Number(header) * 1000 : 0
  if (ms > 0) return ms
  throw new BentoError('HEADER_INVALID', 'X-Request-Timeout is not a number of seconds above 0', {
    hint: 'Send it as "X-Request-Timeout: 2.5".',
  })
}
