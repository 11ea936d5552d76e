import { BentoError, messageOf } from '../errors.ts'
import { isClientError } from './client-error.ts'
import { isCertificateRefused } from './http-transport.ts'

export interface WaysOut {
  /** Where the service asks for a key. */
  readonly key: string
  readonly otherwise: string
}

/** SERVICE_UNREACHABLE, with what to do about it. */
export function unreachable(what: string, cause: unknown, ways: WaysOut): BentoError {
  const message = `${what}: ${messageOf(cause)}`
  return new BentoError('SERVICE_UNREACHABLE', message, { hint: hintFor(cause, ways), cause })
}

function hintFor(error: unknown, { key, otherwise }: WaysOut): string {
  if (isClientError(error) && error.status === 401) return key
  return isCertificateRefused(error) ? 'Name who signed its certificate with --cacert.' : otherwise
}
