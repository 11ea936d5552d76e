import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { inBatches } from '../lib/batches.ts'
import { digestFile, listFiles } from '../lib/files.ts'
import type { FileDigest } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'

export interface StoredFile extends FileDigest {
  /** Relative, with `/`. */
  readonly path: string
}

/** sha256 in hex over paths, sizes and contents. The order of the list does not matter. */
export function digestFiles(files: readonly StoredFile[]): string {
  const hash = createHash('sha256')
  for (const { path, sha256, size } of files.toSorted((a, b) => byCodeUnit(a.path, b.path))) {
    // JSON, since a path may hold any separator that could be chosen here.
    hash.update(`${JSON.stringify([path, size, sha256])}\n`)
  }
  return hash.digest('hex')
}

/** Every plain file of a folder with its digest, but for what npm installed there. */
export async function readFiles(folder: string): Promise<StoredFile[]> {
  return inBatches(await listFiles(folder, ['node_modules']), async (path) => ({
    path,
    ...(await digestFile(join(folder, path))),
  }))
}

/** The default version: the first 16 characters of a hex digest in base32, 80 bits. */
export function versionOf(digest: string): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
  let bits = BigInt(`0x${digest.slice(0, 20)}`)
  let version = ''
  for (let index = 0; index < 16; index++) {
    version = `${alphabet[Number(bits & 31n)]}${version}`
    bits >>= 5n
  }
  return version
}

export function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
