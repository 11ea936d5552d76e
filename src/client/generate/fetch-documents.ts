import { BentoError, messageOf } from '../../errors.ts'
import { isClientError } from '../client-error.ts'
import { HttpTransport } from '../http-transport.ts'
import { requireSuccess } from '../read-answer.ts'
import { readBytes } from '../transport.ts'
import type { ServiceDocuments } from './contract.ts'

const timeoutMs = 30_000

/** Reads what a running service says of itself. Throws SERVICE_UNREACHABLE. */
export async function fetchDocuments(
  url: string,
  token: string | undefined,
): Promise<ServiceDocuments> {
  const transport = new HttpTransport(url)
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const read = async (path: string): Promise<unknown> => {
    const request = { method: 'GET', path, headers, body: Buffer.alloc(0) } as const
    const response = await transport.send({ ...request, signal: AbortSignal.timeout(timeoutMs) })
    await requireSuccess(response)
    return JSON.parse((await readBytes(response)).toString())
  }
  try {
    const [openapi, schema] = await Promise.all([read('/docs.json'), read('/schema.json')])
    return { openapi, schema }
  } catch (error) {
    throw unreadable(url, error)
  } finally {
    await transport.close()
  }
}

function unreadable(url: string, cause: unknown): BentoError {
  const isKey = isClientError(cause) && cause.status === 401
  return new BentoError(
    'SERVICE_UNREACHABLE',
    `No service answers at ${url}: ${messageOf(cause)}`,
    {
      hint: isKey
        ? 'Give its key with --token.'
        : 'Start it with `bento serve`, or correct the URL.',
      cause,
    },
  )
}
