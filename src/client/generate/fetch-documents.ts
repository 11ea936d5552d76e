import { type Place, readDocument } from '../read-document.ts'
import { unreachable } from '../unreachable.ts'
import type { ServiceDocuments } from './contract.ts'

const waysOut = {
  key: 'Give its key with --token.',
  otherwise: 'Start it with `bento serve`, or correct the URL.',
}

/** Reads what a running service says of itself. Throws SERVICE_UNREACHABLE. */
export async function fetchDocuments(service: Place): Promise<ServiceDocuments> {
  try {
    const [openapi, schema] = await Promise.all(
      ['/docs.json', '/schema.json'].map((path) => readDocument(service, path)),
    )
    return { openapi, schema }
  } catch (error) {
    throw unreachable(`No service answers at ${service.url}`, error, waysOut)
  }
}
