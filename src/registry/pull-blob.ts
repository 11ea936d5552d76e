import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { isBentoError } from '../errors.ts'
import { digestFile } from '../lib/files.ts'
import { pullScope, readLimited, type Registry } from './client.ts'
import { digestOf, mismatch, verified, type Descriptor } from './digest.ts'
import { mayPass } from './transport.ts'
import { refused } from './wire.ts'

export interface BlobName extends Pick<Descriptor, 'digest' | 'size'> {
  readonly repository: string
}

/** Bytes of a blob from a registry, checked against its digest; a connection that breaks is taken up where it broke. */
function readBlob(registry: Registry, blob: BlobName): AsyncGenerator<Uint8Array> {
  return verified(resumed(registry, blob, 0), blob)
}

/** A small blob whole, as a config is. */
export async function readSmallBlob(registry: Registry, blob: BlobName): Promise<Buffer> {
  const { Readable } = await import('node:stream')
  return readLimited(Readable.from(readBlob(registry, blob)), Math.min(blob.size, 16 << 20) + 1)
}

/**
 * Brings a blob into a file, which is there only when it is whole and its digest is right. What an earlier call left
 * in `FILE.part` is not asked for again.
 */
export async function downloadBlob(
  registry: Registry,
  blob: BlobName,
  file: string,
): Promise<void> {
  const part = `${file}.part`
  const start = await partSize(part, blob.size)
  try {
    const rest = resumed(registry, blob, start)
    if (start < blob.size) {
      await pipeline(rest, createWriteStream(part, { flags: 'a', flush: true }))
    }
    await checkFile(part, blob)
  } catch (error) {
    if (isBentoError(error) && error.code === 'DIGEST_MISMATCH') await rm(part, { force: true })
    throw error
  }
  await rename(part, file)
}

/** How much of a file is there; what is too long is no part of it. */
async function partSize(part: string, size: number): Promise<number> {
  const found = await stat(part).catch(() => undefined)
  if (found === undefined) return 0
  if (found.size <= size) return found.size
  await rm(part)
  return 0
}

async function checkFile(file: string, { digest, size }: BlobName): Promise<void> {
  const got = size === 0 ? digestOf('') : `sha256:${(await digestFile(file)).sha256}`
  if (got !== digest) throw mismatch(digest, `"${got}"`)
}

async function* resumed(
  registry: Registry,
  blob: BlobName,
  start: number,
): AsyncGenerator<Uint8Array> {
  let at = start
  let faults = 0
  while (at < blob.size) {
    const before = at
    try {
      for await (const chunk of await openAt(registry, blob, at)) {
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

async function openAt(
  registry: Registry,
  { repository, digest }: BlobName,
  at: number,
): Promise<AsyncIterable<Uint8Array>> {
  const { wire } = registry
  const url = await wire.url(`/v2/${repository}/blobs/${digest}`)
  const headers = at === 0 ? {} : { range: `bytes=${at}-` }
  const answer = await wire.send({ method: 'GET', url, headers }, pullScope(repository))
  if (answer.status === 206 && startOf(answer.header('content-range')) === at) return answer.body
  if (answer.status === 200) return skip(answer.body, at)
  throw await refused(wire.registry, `blob "${digest}" of "${repository}"`, answer)
}

function startOf(contentRange = ''): number {
  return Number(/^bytes (\d+)-/.exec(contentRange)?.[1] ?? -1)
}

// A server without ranges begins anew.
async function* skip(body: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of body) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
