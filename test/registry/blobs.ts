import { mediaTypes } from '../../src/registry/client.ts'
import { digestOf, type Descriptor } from '../../src/registry/digest.ts'
import type { BlobSource } from '../../src/registry/push-blob.ts'

/** Bytes in memory as something to push. */
export function blobOf(bytes: Uint8Array): BlobSource {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    async *open(start, end) {
      yield Promise.resolve(bytes.subarray(start, end))
    },
  }
}

/** The smallest manifest of an image with one layer. */
export function manifestOf(
  config: BlobSource,
  layer: BlobSource,
): { mediaType: string; bytes: Buffer } {
  const descriptor = (mediaType: string, { digest, size }: BlobSource): Descriptor => ({
    mediaType,
    digest,
    size,
  })
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptor(mediaTypes.config, config),
    layers: [descriptor(mediaTypes.layer, layer)],
  }
  return { mediaType: mediaTypes.manifest, bytes: Buffer.from(JSON.stringify(manifest)) }
}
