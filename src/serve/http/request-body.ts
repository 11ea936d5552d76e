import type { IncomingMessage } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import { BentoError, isBentoError } from '../../errors.ts'

export const noBody = Buffer.alloc(0)

/** What a body is read from: a request of node:http, or what stands for one. */
export type BodySource = Readable & Pick<IncomingMessage, 'headers' | 'complete'>

/** What a request brought: its body, or why it is refused. */
export type Received = (body: Buffer | BentoError) => void

/**
 * Reads a body of at most `limitBytes`, after decompression. A body that turns out to be larger is refused at once,
 * and what still comes of it is thrown away. A client that leaves before its body is whole is not heard of again.
 */
export function readBody(request: BodySource, limitBytes: number, received: Received): void {
  if (declaresTooMuch(request, limitBytes)) {
    received(refuse(request, tooLarge(limitBytes)))
    return
  }
  const encoding = encodingOf(request)
  if (encoding === 'identity') readPlain(request, limitBytes, received)
  else void readEncoded(request, { encoding, limitBytes }, received)
}

function encodingOf({ headers }: Pick<BodySource, 'headers'>): string {
  return headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
}

/** Whether a body is read as it comes: a form's files need not fit into memory. */
export function isStreamed(request: Pick<BodySource, 'headers'>): boolean {
  const { 'content-type': type = '' } = request.headers
  return encodingOf(request) === 'identity' && /^\s*multipart\/form-data\b/i.test(type)
}

/** A body of at most `limitBytes` as it comes. Who stops reading it leaves the connection as it is. */
export async function* streamBody(
  request: BodySource,
  limitBytes: number,
): AsyncIterable<Uint8Array> {
  const parts: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  let size = 0
  try {
    for await (const part of parts) {
      size += part.length
      if (size > limitBytes) throw tooLarge(limitBytes)
      yield part
    }
  } catch (cause) {
    throw isBentoError(cause) ? cause : clientLeft(cause)
  }
}

export function clientLeft(cause?: unknown): BentoError {
  return new BentoError('CANCELLED', 'The client left before its request was whole', { cause })
}

/** Whether a request says already that its body is too large. */
export function declaresTooMuch(
  { headers }: Pick<BodySource, 'headers'>,
  limitBytes: number,
): boolean {
  return Number(headers['content-length'] ?? 0) > limitBytes
}

function readPlain(request: BodySource, limitBytes: number, received: Received): void {
  const parts = new Parts()
  const take = (chunk: Buffer): void => {
    parts.add(chunk)
    if (parts.size <= limitBytes) return
    request.off('data', take)
    request.off('end', finish)
    received(refuse(request, tooLarge(limitBytes)))
  }
  const finish = (): void => received(parts.join())
  request.on('data', take)
  request.on('end', finish)
}

interface Encoded {
  readonly encoding: string
  readonly limitBytes: number
}

async function readEncoded(
  request: BodySource,
  encoded: Encoded,
  received: Received,
): Promise<void> {
  const decoder = await createDecoder(encoded.encoding)
  if (!decoder) {
    received(refuse(request, unknownEncoding(encoded.encoding)))
    return
  }
  // A client that leaves halfway ends the wait for the rest.
  request.once('close', () => request.complete || decoder.destroy(new Error('The client left')))
  try {
    received(await decode(request.pipe(decoder), encoded.limitBytes))
  } catch (cause) {
    if (request.destroyed && !request.complete) return
    request.unpipe(decoder)
    decoder.destroy()
    const error = cause instanceof BentoError ? cause : notDecoded(encoded.encoding, cause)
    received(refuse(request, error))
  }
}

/** Undefined when `encoding` is none that we know; several on top of each other are none. */
async function createDecoder(encoding: string): Promise<Transform | undefined> {
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib')
  const options = { chunkSize: 64 * 1024 }
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(options)
    case 'deflate':
      return createInflate(options)
    case 'br':
      return createBrotliDecompress(options)
    default:
      return undefined
  }
}

async function decode(decoded: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const parts = new Parts()
  for await (const chunk of decoded) {
    parts.add(chunk)
    if (parts.size > limitBytes) throw tooLarge(limitBytes)
  }
  return parts.join()
}

// So many chunks are put together before more are taken: a million chunks of one byte must not be a million objects.
const mostChunks = 1024

class Parts {
  size = 0
  readonly #chunks: Buffer[] = []
  #joined: Buffer[] | undefined

  add(chunk: Buffer): void {
    this.size += chunk.length
    if (this.#chunks.push(chunk) < mostChunks) return
    this.#joined ??= []
    this.#joined.push(Buffer.concat(this.#chunks))
    this.#chunks.length = 0
  }

  join(): Buffer {
    const all = this.#joined ? [...this.#joined, ...this.#chunks] : this.#chunks
    const [first = noBody] = all
    return all.length > 1 ? Buffer.concat(all) : first
  }
}

function refuse(request: BodySource, error: BentoError): BentoError {
  request.resume()
  return error
}

/** A body that fails with `error` when it is read. */
export function unreadable(error: BentoError): AsyncIterable<never> {
  const next = async (): Promise<never> => {
    throw error
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}

export function tooLarge(limitBytes: number): BentoError {
  return new BentoError('BODY_TOO_LARGE', `The body is larger than ${limitBytes} bytes`)
}

function unknownEncoding(encoding: string): BentoError {
  const message = `Content-Encoding "${encoding.slice(0, 40)}" is not supported`
  return new BentoError('MEDIA_TYPE_UNSUPPORTED', message, {
    hint: 'Send the body with gzip, deflate or br, or without compression.',
  })
}

function notDecoded(encoding: string, cause: unknown): BentoError {
  return new BentoError('BODY_INVALID', `The body is not ${encoding}`, {
    cause,
  })
}
