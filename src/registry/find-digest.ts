import { BentoError } from '../errors.ts'
import { openRegistry, type RegistryOptions } from './client.ts'
import type { Digest } from './digest.ts'
import { parseReference, versionOfReference } from './reference.ts'

/** What an image's name stands for in its registry now. Throws IMAGE_NOT_FOUND. */
export async function findImageDigest(name: string, options: RegistryOptions): Promise<Digest> {
  const reference = parseReference(name)
  const registry = openRegistry(reference.registry, options)
  try {
    const digest = await registry.findDigest(reference.repository, versionOfReference(reference))
    if (digest !== undefined) return digest
    throw new BentoError('IMAGE_NOT_FOUND', `"${reference.registry}" has no "${name}"`, {
      hint: 'Check the name; a private one may also look as if it were not there.',
    })
  } finally {
    await registry.close()
  }
}
