import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { Header, Pax } from 'tar'
import { BentoError, isBentoError, messageOf } from '../errors.ts'

/** What an archive may cost whoever reads it. */
export interface ArchiveLimits {
  readonly entries: number
  /** Unpacked bytes. */
  readonly bytes: number
  /** Unpacked bytes for each packed one, judged beyond the first 64 MiB. */
  readonly ratio: number
}

export const defaultLimits: ArchiveLimits = { entries: 100_000, bytes: 2 ** 36, ratio: 200 }

export interface TarEntry {
  readonly type: string
  readonly path: string
  readonly isExecutable: boolean
  readonly size: number
  /** To be read before the next entry is asked for. */
  readonly body: AsyncIterable<Uint8Array>
}

export function archiveInvalid(reason: string, cause?: unknown): BentoError {
  return new BentoError('ARCHIVE_INVALID', reason, {
    hint: 'Export it again from the store that has it.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The entries of a gzip tar, one at a time and in bounded memory. Long names are resolved; all else is the caller's. */
export async function* readTar(file: string, limits: ArchiveLimits): AsyncGenerator<TarEntry> {
  const bytes = gunzipped(file, limits)
  try {
    yield* entriesOf(new Blocks(bytes), file)
    // What follows the end is read too, so that gzip's own checksum is verified.
    while (!(await bytes.next()).done);
  } finally {
    await bytes.return(undefined)
  }
}

async function* entriesOf(blocks: Blocks, file: string): AsyncGenerator<TarEntry> {
  const tar = await import('tar')
  let extended: Pax | undefined
  for (;;) {
    const block = await blocks.take(512)
    const header = decode(() => new tar.Header(block, 0, extended), file)
    if (header.nullBlock) return
    blocks.begin(header.size ?? 0)
    if (header.type === 'ExtendedHeader') {
      extended = tar.Pax.parse(await blocks.text(), extended)
    } else if (header.type === 'NextFileHasLongPath') {
      extended = new tar.Pax({ path: await blocks.text() })
    } else {
      yield toEntry(header, extended, blocks.body())
      extended = undefined
    }
    await blocks.finish()
  }
}

function toEntry(header: Header, extended: Pax | undefined, body: TarEntry['body']): TarEntry {
  const { type, mode = 0, size = 0 } = header
  // Not the header's own path alone: it puts the prefix of the short name before a long one.
  const path = extended?.path ?? header.path ?? ''
  return { type, path, isExecutable: (mode & 0o100) !== 0, size, body }
}

function decode(read: () => Header, file: string): Header {
  let header: Header
  try {
    header = read()
  } catch (error) {
    throw notTar(file, error)
  }
  if (header.nullBlock || header.cksumValid) return header
  throw notTar(file)
}

function notTar(file: string, cause?: unknown): BentoError {
  return archiveInvalid(`"${file}" is not a tar archive, or is damaged`, cause)
}

async function* gunzipped(file: string, limits: ArchiveLimits): AsyncGenerator<Buffer> {
  const source = createReadStream(file)
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  source.on('error', (error) => gunzip.destroy(error))
  let bytes = 0
  try {
    for await (const chunk of source.pipe(gunzip)) {
      if (!Buffer.isBuffer(chunk)) continue
      bytes += chunk.length
      const isBomb = bytes > 2 ** 26 && bytes > limits.ratio * source.bytesRead
      if (bytes > limits.bytes || isBomb) throw archiveInvalid(`"${file}" unpacks to too much`)
      yield chunk
    }
  } catch (error) {
    if (isBentoError(error)) throw error
    throw archiveInvalid(`"${file}" cannot be unpacked: ${messageOf(error)}`, error)
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

/** Cuts a stream of bytes into the blocks of 512 that tar is made of. */
class Blocks {
  readonly #source: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  /** Bytes of the entry under way that are still to come, and the padding behind them. */
  #left = 0
  #padding = 0

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source
  }

  begin(size: number): void {
    this.#left = size
    this.#padding = (512 - (size % 512)) % 512
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = length
    while (missing > 0) {
      const part = await this.#some(missing)
      parts.push(part)
      missing -= part.length
    }
    return Buffer.concat(parts)
  }

  /** The body of an entry that only describes the next one. */
  async text(): Promise<string> {
    const size = this.#left
    if (size > 2 ** 20) throw archiveInvalid('An archive holds a header of more than 1 MiB')
    this.#left = 0
    return (await this.take(size)).toString('utf8').replace(/\0+$/, '')
  }

  async *body(): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      const part = await this.#some(this.#left)
      this.#left -= part.length
      yield part
    }
  }

  /** Goes to the next header, over whatever of the body nobody wanted. */
  async finish(): Promise<void> {
    for (let left = this.#left + this.#padding; left > 0;) left -= (await this.#some(left)).length
  }

  async #some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next()
      if (next.done) throw archiveInvalid('An archive ends in the middle')
      this.#rest = next.value
    }
    const part = this.#rest.subarray(0, most)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }
}
