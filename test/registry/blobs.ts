import { mediaTypes } from '../../src/registry/client.ts'
import type { Descriptor } from '../../src/registry/digest.ts'
import type { BlobSource } from '../../src/registry/push-blob.ts'

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
