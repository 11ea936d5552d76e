import { type IncomingMessage, maxHeaderSize } from 'node:http'
import { BentoError } from '../../errors.ts'

/** What node:http says of a request that it cannot read. */
export type ParseError = Error & { readonly code?: string; readonly reason?: string }

const refusals: Readonly<Record<string, (cause: ParseError) => BentoError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: (cause) =>
    new BentoError('REQUEST_TIMEOUT', 'The request did not arrive in time', { cause }),
  HPE_HEADER_OVERFLOW: (cause) =>
    new BentoError('HEADERS_TOO_LARGE', `The headers are larger than ${maxHeaderSize} bytes`, {
      cause,
    }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: (cause) =>
    new BentoError('BODY_TOO_LARGE', 'The extensions of a chunk are too large', { cause }),
  HPE_PAUSED_H2_UPGRADE: (cause) =>
    malformed('it is HTTP/2, and this server speaks HTTP/1.1', cause),
}

/** The same for the client. */
export function refusalOf(cause: ParseError): BentoError {
  const refusal = refusals[cause.code ?? '']
  return refusal?.(cause) ?? malformed(cause.reason ?? 'it ends too early', cause)
}

/** HTTP/1.1 wants to be told which host is meant (RFC 9112, 3.2). */
export function isHostless({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === '1.1'
}

export function hostless(): BentoError {
  return malformed('the header Host is missing')
}

function malformed(reason: string, cause?: Error): BentoError {
  return new BentoError('REQUEST_MALFORMED', `The request is not HTTP/1.1: ${reason}`, { cause })
}
