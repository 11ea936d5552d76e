import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { versions } from 'node:process'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { writeAtomically } from '../../../lib/files.ts'
import { mediaTypes } from '../../../registry/client.ts'
import { isDigest, type Descriptor, type Digest } from '../../../registry/digest.ts'
import { contentKey, type Layer } from '../../layers.ts'
import { tarLayer } from '../../tar.ts'
import type { BlobStore } from './blob-store.ts'

/** A layer as a blob of the store. */
export interface PackedLayer extends Descriptor {
  readonly name: Layer['name']
  /** Digest of the tar before compression. */
  readonly diffId: Digest
}

export interface PackOptions {
  readonly store: BlobStore
  readonly time: Date
  readonly useCache: boolean
}

/** Packs a layer into a gzip tar; what was packed before is taken from the store. */
export async function packLayer(layer: Layer, options: PackOptions): Promise<PackedLayer> {
  const { store, time } = options
  const key = await contentKey(layer, `2 ${versions.zlib} ${time.getTime()}`)
  const record = join(store.folder, 'layers', `${key}.json`)
  const known = options.useCache ? await readRecord(record) : undefined
  if (known !== undefined && (await store.has(known))) return { ...known, name: layer.name }
  const packed = await store.take((file) => writeLayer(layer, time, file))
  await mkdir(join(store.folder, 'layers'), { recursive: true })
  await writeAtomically(record, JSON.stringify(packed))
  return { ...packed, name: layer.name }
}

type Packed = Omit<PackedLayer, 'name'>

async function writeLayer(layer: Layer, time: Date, file: string): Promise<Packed> {
  const plain = createHash('sha256')
  const packed = createHash('sha256')
  let size = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      // Byte 9 of a gzip header names the system that wrote it; 255 says nothing (RFC 1952).
      if (size <= 9 && size + chunk.length > 9) chunk[9 - size] = 255
      packed.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  await pipeline(
    Readable.from(hashed(tarLayer(layer, { time }), plain), { objectMode: false }),
    createGzip({ level: 6 }),
    measure,
    createWriteStream(file, { flags: 'wx' }),
  )
  return {
    mediaType: mediaTypes.layer,
    digest: `sha256:${packed.digest('hex')}`,
    size,
    diffId: `sha256:${plain.digest('hex')}`,
  }
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk)
    yield chunk
  }
}

async function readRecord(file: string): Promise<Packed | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const record: unknown = JSON.parse(text)
  if (typeof record !== 'object' || record === null) return undefined
  const { digest, diffId, size } = Object.fromEntries(Object.entries(record))
  if (typeof digest !== 'string' || typeof diffId !== 'string' || typeof size !== 'number') {
    return undefined
  }
  if (!isDigest(digest) || !isDigest(diffId)) return undefined
  return { mediaType: mediaTypes.layer, digest, size, diffId }
}
