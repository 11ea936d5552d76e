import { BentoError, messageOf } from '../../errors.ts'
import { isClientError } from '../client-error.ts'
import { isCertificateRefused } from '../http-transport.ts'
import { type Place, readDocument } from '../read-document.ts'
import type { ServiceDocuments } from './contract.ts'

/** Reads what a running service says of itself. Throws SERVICE_UNREACHABLE. */
export async function fetchDocuments(service: Place): Promise<ServiceDocuments> {
  try {
    const [openapi, schema] = await Promise.all(
      ['/docs.json', '/schema.json'].map((path) => readDocument(service, path)),
    )
    return { openapi, schema }
  } catch (error) {
    throw unreadable(service.url, error)
  }
}

function unreadable(url: string, cause: unknown): BentoError {
  const message = `No service answers at ${url}: ${messageOf(cause)}`
  return new BentoError('SERVICE_UNREACHABLE', message, { hint: hintFor(cause), cause })
}

function hintFor(error: unknown): string {
  if (isClientError(error) && error.status === 401) return 'Give its key with --token.'
  return isCertificateRefused(error)
    ? 'Name who signed its certificate with --cacert.'
    : 'Start it with `bento serve`, or correct the URL.'
}
