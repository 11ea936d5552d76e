import { createHash } from 'node:crypto'
import { BentoError } from '../errors.ts'
import type { Platform } from '../lib/platform.ts'

/** As `sha256:` and 64 hex digits. */
export type Digest = `sha256:${string}`

/** What a registry calls something that it holds: type, digest and size, as in the OCI image specification. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  /** In bytes. */
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly platform?: Platform
  readonly artifactType?: string
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** Passes bytes on, and throws at the end when they are not those of `wanted`. */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  wanted: Pick<Descriptor, 'digest' | 'size'>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    // A server could send without end.
    if (size > wanted.size) throw mismatch(wanted.digest, `more than ${wanted.size} bytes`)
    hash.update(chunk)
    yield chunk
  }
  const digest = `sha256:${hash.digest('hex')}`
  if (digest !== wanted.digest) throw mismatch(wanted.digest, `"${digest}", ${size} bytes`)
}

export function mismatch(wanted: string, got: string): BentoError {
  return new BentoError('DIGEST_MISMATCH', `"${wanted}" was asked for, and ${got} came`, {
    hint: 'Try again; if it stays so, the registry or something before it changes what it holds.',
  })
}
