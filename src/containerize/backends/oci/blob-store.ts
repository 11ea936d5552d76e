import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeAtomically } from '../../../lib/files.ts'
import { digestOf, type Descriptor, type Digest } from '../../../registry/digest.ts'
import type { BlobSource } from '../../../registry/push-blob.ts'

/** Blobs by digest in a folder: base layers, and layers that were packed before. Whole or not there. */
export class BlobStore {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  path(digest: Digest): string {
    return join(this.folder, 'blobs', 'sha256', digest.slice('sha256:'.length))
  }

  async has({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean> {
    const found = await stat(this.path(digest)).catch(() => undefined)
    return found?.size === size
  }

  async read(digest: Digest): Promise<Buffer | undefined> {
    const bytes = await readFile(this.path(digest)).catch(() => undefined)
    return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined
  }

  async write(bytes: Buffer): Promise<Digest> {
    const digest = digestOf(bytes)
    const path = await this.prepare(digest)
    await writeAtomically(path, bytes.toString('utf8'))
    return digest
  }

  /** Where a blob is to be written, with its folder made. */
  async prepare(digest: Digest): Promise<string> {
    const path = this.path(digest)
    await mkdir(dirname(path), { recursive: true })
    return path
  }

  /** Lets `fill` write a file, and takes it in under the digest that `fill` returns. */
  async take<T extends { readonly digest: Digest }>(
    fill: (temporary: string) => Promise<T>,
  ): Promise<T> {
    await mkdir(this.folder, { recursive: true })
    const temporary = join(this.folder, `.${randomBytes(6).toString('hex')}.tmp`)
    try {
      const filled = await fill(temporary)
      await rename(temporary, await this.prepare(filled.digest))
      return filled
    } finally {
      await rm(temporary, { force: true })
    }
  }

  source({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): BlobSource {
    const path = this.path(digest)
    return {
      digest,
      size,
      // The end of a stream of a file is the last byte that is wanted.
      open: (start, end) => createReadStream(path, { start, end: end - 1, highWaterMark: 1 << 20 }),
    }
  }
}
