import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { isBentoError } from '../errors.ts'
import { digestFile } from '../lib/files.ts'
import { claimPart, releasePart } from './claim-part.ts'
import { digestOf, mismatch, type Descriptor } from './digest.ts'
import { mayPass } from './transport.ts'

export type BlobKey = Pick<Descriptor, 'digest' | 'size'>

/** The bytes from a place on. */
export type OpenAt = (at: number) => Promise<AsyncIterable<Uint8Array>>

/**
 * Brings a blob into a file, which is there only when it is whole and its digest is right. What an earlier call has
 * fetched is not asked for again.
 */
export async function download(blob: BlobKey, file: string, openAt: OpenAt): Promise<void> {
  if (await isWhole(file, blob)) return
  const part = await claimPart(file)
  try {
    await complete(part, blob, openAt)
    await rename(part, file)
  } catch (error) {
    if (isBentoError(error) && error.code === 'DIGEST_MISMATCH') await rm(part, { force: true })
    else await releasePart(part, file)
    throw error
  }
}

async function isWhole(file: string, blob: BlobKey): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (found?.size !== blob.size) return false
  return checkFile(file, blob).then(
    () => true,
    () => false,
  )
}

async function complete(part: string, blob: BlobKey, openAt: OpenAt): Promise<void> {
  const start = await partSize(part, blob.size)
  // An empty blob has nothing to ask for, and still becomes a file.
  if (start < blob.size || blob.size === 0) {
    const rest = resumed(blob, start, openAt)
    await pipeline(rest, createWriteStream(part, { flags: 'a', flush: true }))
  }
  await checkFile(part, blob)
}

/** How much of a file is there; what is too long is no part of it. */
async function partSize(part: string, size: number): Promise<number> {
  const found = await stat(part).catch(() => undefined)
  if (found === undefined) return 0
  if (found.size <= size) return found.size
  await rm(part)
  return 0
}

async function checkFile(file: string, { digest, size }: BlobKey): Promise<void> {
  const got = size === 0 ? digestOf('') : `sha256:${(await digestFile(file)).sha256}`
  if (got !== digest) throw mismatch(digest, `"${got}"`)
}

/** A connection that breaks is taken up where it broke. */
export async function* resumed(
  blob: BlobKey,
  start: number,
  openAt: OpenAt,
): AsyncGenerator<Uint8Array> {
  let at = start
  let faults = 0
  while (at < blob.size) {
    const before = at
    try {
      for await (const chunk of await openAt(at)) {
        at += chunk.length
        yield chunk
      }
      if (at < blob.size) throw mismatch(blob.digest, `${at} of ${blob.size} bytes`)
    } catch (error) {
      faults = at > before ? 0 : faults + 1
      if (!mayPass(error) || faults > 3) throw error
    }
  }
  // An empty blob has nothing to ask for, and still a digest.
  if (blob.size === 0 && blob.digest !== digestOf('')) throw mismatch(blob.digest, '0 bytes')
}

/** A server without ranges begins anew. */
export async function* skipBytes(
  body: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of body) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

/** Where the bytes of a partial answer begin, by its Content-Range. */
export function startOfRange(contentRange = ''): number {
  return Number(/^bytes (\d+)-/.exec(contentRange)?.[1] ?? -1)
}
