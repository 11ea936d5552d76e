import { pullScope, readLimited, type Registry } from './client.ts'
import { verified } from './digest.ts'
import {
  download,
  resumed,
  skipBytes,
  startOfRange,
  type BlobKey,
  type OpenAt,
} from './download.ts'
import { refused } from './wire.ts'

export interface BlobName extends BlobKey {
  readonly repository: string
}

/** A small blob whole, as a config is. */
export async function readSmallBlob(registry: Registry, blob: BlobName): Promise<Buffer> {
  const { Readable } = await import('node:stream')
  const bytes = verified(resumed(blob, 0, opener(registry, blob)), blob)
  return readLimited(Readable.from(bytes), Math.min(blob.size, 16 << 20) + 1)
}

/** Brings a blob of a registry into a file, as `download` does. */
export function downloadBlob(registry: Registry, blob: BlobName, file: string): Promise<void> {
  return download(blob, file, opener(registry, blob))
}

function opener({ wire }: Registry, { repository, digest }: BlobName): OpenAt {
  return async (at) => {
    const url = await wire.url(`/v2/${repository}/blobs/${digest}`)
    const headers = at === 0 ? {} : { range: `bytes=${at}-` }
    const answer = await wire.send({ method: 'GET', url, headers }, pullScope(repository))
    const start = startOfRange(answer.header('content-range'))
    if (answer.status === 206 && start === at) return answer.body
    if (answer.status === 200) return skipBytes(answer.body, at)
    throw await refused(wire.registry, `blob "${digest}" of "${repository}"`, answer)
  }
}
