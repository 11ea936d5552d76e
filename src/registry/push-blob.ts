import { Readable } from 'node:stream'
import { pullScope, pushScope, type Registry } from './client.ts'
import { digestOf, type Descriptor } from './digest.ts'
import type { WireResponse } from './transport.ts'
import { refused } from './wire.ts'

/** Bytes that can be read more than once, from anywhere. */
export interface BlobSource extends Pick<Descriptor, 'digest' | 'size'> {
  /** `end` is the first byte that is not wanted. */
  open(start: number, end: number): AsyncIterable<Uint8Array>
}

/** Bytes in memory as something to send. */
export function blobOf(bytes: Buffer): BlobSource {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    async *open(start, end) {
      yield await Promise.resolve(bytes.subarray(start, end))
    },
  }
}

export interface PushBlobOptions {
  readonly repository: string
  /** Another repository of the registry that has the blob: it is then only linked. */
  readonly mountFrom?: string
  /** Gets the bytes sent so far. */
  readonly onProgress?: (sent: number) => void
  /** The most that one request carries. */
  readonly chunkBytes?: number
}

/** What it took to have the blob there. */
export type PushOutcome = 'exists' | 'mounted' | 'pushed'

const defaultChunkBytes = 32 << 20

/** Sends a blob where it is missing: small ones in one request, others in pieces that are taken up where they broke. */
export async function pushBlob(
  registry: Registry,
  source: BlobSource,
  options: PushBlobOptions,
): Promise<PushOutcome> {
  if (await hasBlob(registry, options.repository, source.digest)) return 'exists'
  const { location, isMounted } = await startUpload(registry, source, options)
  if (isMounted) return 'mounted'
  const upload: Upload = { registry, source, options }
  const { chunkBytes = defaultChunkBytes } = options
  const end = source.size <= chunkBytes ? location : await sendChunks(upload, location)
  await finish(upload, end, source.size <= chunkBytes)
  options.onProgress?.(source.size)
  return 'pushed'
}

export async function hasBlob(
  { wire }: Registry,
  repository: string,
  digest: string,
): Promise<boolean> {
  const url = await wire.url(`/v2/${repository}/blobs/${digest}`)
  // With the scope of a push: a token is asked for once.
  const answer = await wire.send({ method: 'HEAD', url }, pushScope(repository))
  if (answer.status !== 200 && answer.status !== 404) {
    throw await refused(wire.registry, `blob "${digest}" of "${repository}"`, answer)
  }
  await answer.body.dump()
  return answer.status === 200
}

interface Upload {
  readonly registry: Registry
  readonly source: BlobSource
  readonly options: PushBlobOptions
}

async function startUpload(
  { wire }: Registry,
  { digest }: BlobSource,
  { repository, mountFrom }: PushBlobOptions,
): Promise<{ location: URL; isMounted: boolean }> {
  const url = await wire.url(`/v2/${repository}/blobs/uploads/`)
  if (mountFrom !== undefined && mountFrom !== repository) {
    url.searchParams.set('mount', digest)
    url.searchParams.set('from', mountFrom)
  }
  const scope =
    url.search === ''
      ? pushScope(repository)
      : `${pushScope(repository)} ${pullScope(mountFrom ?? '')}`
  const answer = await wire.send({ method: 'POST', url, headers: { 'content-length': '0' } }, scope)
  if (answer.status !== 201 && answer.status !== 202) {
    throw await refused(wire.registry, `an upload to "${repository}"`, answer)
  }
  await answer.body.dump()
  return { location: locationOf(answer), isMounted: answer.status === 201 }
}

/** Sends all pieces and returns where the upload is to be ended. */
async function sendChunks(upload: Upload, first: URL): Promise<URL> {
  const { registry, source, options } = upload
  let location = first
  let at = 0
  let faults = 0
  while (at < source.size) {
    const end = Math.min(at + (options.chunkBytes ?? defaultChunkBytes), source.size)
    const answer = await sendChunk(upload, location, [at, end])
    if (answer.status === 416 && faults++ < 3) {
      // The server has more or less of it than we think, as after an answer that was lost.
      await answer.body.dump()
      ;({ location, at } = await askOffset(upload, location))
      continue
    }
    if (answer.status !== 202 && answer.status !== 204) {
      throw await refused(registry.wire.registry, `an upload to "${options.repository}"`, answer)
    }
    await answer.body.dump()
    location = locationOf(answer)
    at = end
    options.onProgress?.(at)
  }
  return location
}

function sendChunk(
  { registry, source, options }: Upload,
  url: URL,
  [start, end]: readonly [number, number],
): Promise<WireResponse> {
  return registry.wire.send(
    {
      method: 'PATCH',
      url,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(end - start),
        'content-range': `${start}-${end - 1}`,
      },
      body: () => Readable.from(source.open(start, end), { objectMode: false }),
    },
    pushScope(options.repository),
  )
}

async function askOffset(
  { registry, options }: Upload,
  url: URL,
): Promise<{ location: URL; at: number }> {
  const answer = await registry.wire.send({ method: 'GET', url }, pushScope(options.repository))
  if (answer.status !== 204) {
    throw await refused(registry.wire.registry, `an upload to "${options.repository}"`, answer)
  }
  await answer.body.dump()
  const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(answer.header('range') ?? '') ?? []
  return {
    location: locationOf(answer),
    at: last === undefined || last === '0' ? 0 : Number(last) + 1,
  }
}

async function finish(
  { registry, source, options }: Upload,
  location: URL,
  isWhole: boolean,
): Promise<void> {
  const url = new URL(location)
  url.searchParams.set('digest', source.digest)
  const length = isWhole ? source.size : 0
  const answer = await registry.wire.send(
    {
      method: 'PUT',
      url,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(length) },
      ...(length > 0 && {
        body: () => Readable.from(source.open(0, length), { objectMode: false }),
      }),
    },
    pushScope(options.repository),
  )
  if (answer.status !== 201) {
    throw await refused(
      registry.wire.registry,
      `blob "${source.digest}" for "${options.repository}"`,
      answer,
    )
  }
  await answer.body.dump()
}

/** Where to go on: the registry says it anew in each answer. */
function locationOf(answer: WireResponse): URL {
  return new URL(answer.header('location') ?? '', answer.url)
}
