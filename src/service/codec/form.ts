import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BusboyInstance } from '@fastify/busboy'
import { BentoError, isBentoError } from '../../errors.ts'
import { anyType } from '../io/file-types.ts'
import { MemoryFile } from '../io/file-value.ts'
import type { FileLabel, OwnFile, Scratch } from '../io/file-value.ts'
import type { RequestBody } from './codec.ts'
import { Spool } from './spool.ts'

/** One field of a form. */
export interface FormPart {
  readonly field: string
  /** Whether the client calls it a file. */
  readonly isFile: boolean
  readonly content: OwnFile
}

// As many parts as BentoML takes, and as long headers of a part as Node takes of a request.
const maxParts = 1000
const limits = { parts: maxParts, headerPairs: 100, headerSize: 16 * 1024 }

/** Reads `multipart/form-data` as it comes: small parts stay in memory, others go to the request's own folder. */
export async function readMultipart(
  body: RequestBody,
  contentType: string,
  scratch: Scratch,
): Promise<FormPart[]> {
  const parser = await createParser(contentType)
  const parts: Promise<FormPart>[] = []
  const streams: Readable[] = []
  parser.on('file', (...[field, stream, fileName, , type]) => {
    streams.push(stream)
    const part = receive(stream, scratch, labelOf(fileName, type))
    part.catch((error: Error) => parser.destroy(error))
    parts.push(part.then((content) => ({ field, content, isFile: isFile(fileName, type) })))
  })
  parser.once('partsLimit', () => parser.destroy(tooManyParts()))
  try {
    await pipeline(Readable.from(chunksOf(body)), parser)
    return await Promise.all(parts)
  } catch (cause) {
    // What is still written must not outlive the folder that it is written to.
    for (const stream of streams) stream.destroy()
    await Promise.allSettled(parts)
    throw isOurs(cause) ? cause : formInvalid('The body is not a whole form', cause)
  }
}

/** Reads `application/x-www-form-urlencoded`. */
export function readUrlEncoded(text: string, scratch: Scratch): FormPart[] {
  const fields = [...new URLSearchParams(text)]
  if (fields.length > maxParts) throw tooManyParts()
  return fields.map(([field, value]) => ({
    field,
    isFile: false,
    content: new MemoryFile(Buffer.from(value), scratch),
  }))
}

async function createParser(contentType: string): Promise<BusboyInstance> {
  const { Busboy: Parser } = await import('@fastify/busboy')
  try {
    const headers = { 'content-type': contentType }
    // Fields too come as bytes: their schemas say what is text, and whether it is whole is looked at here.
    return new Parser({ headers, limits, isPartAFile: () => true })
  } catch (cause) {
    throw formInvalid('The content type of the form has no boundary', cause)
  }
}

/** The parser says undefined where its types promise a name. */
function isFile(fileName: string | undefined, type: string): boolean {
  return fileName !== undefined || type !== 'text/plain'
}

// The parser's word for a part without a type, and what clients say of files that they do not know.
const saysNothing = new Set(['text/plain', anyType])

function labelOf(fileName: string | undefined, type: string): FileLabel {
  const name = cleanName(fileName ?? '')
  return saysNothing.has(type) ? { name } : { name, type }
}

/** Without folders, and what a terminal or a header would not show as it is. */
function cleanName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  return last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').slice(0, 255)
}

async function receive(
  stream: AsyncIterable<Buffer>,
  scratch: Scratch,
  label: FileLabel,
): Promise<OwnFile> {
  const spool = new Spool(scratch, label)
  try {
    for await (const chunk of stream) await spool.add(chunk)
    return await spool.finish()
  } finally {
    await spool.close()
  }
}

const chunkBytes = 64 * 1024

/** A large body in pieces, so that others get their turn between them. */
async function* chunksOf(body: RequestBody): AsyncIterable<Uint8Array> {
  if (!Buffer.isBuffer(body)) {
    yield* body
    return
  }
  for (let at = 0; at < body.length; at += chunkBytes) yield body.subarray(at, at + chunkBytes)
}

/** Not the client's mistake: a disk that is full, or a client that left. */
function isOurs(cause: unknown): boolean {
  return isBentoError(cause) || (typeof cause === 'object' && cause !== null && 'syscall' in cause)
}

function tooManyParts(): BentoError {
  return formInvalid(`The form has more than ${maxParts} parts`)
}

function formInvalid(message: string, cause?: unknown): BentoError {
  return new BentoError('BODY_INVALID', message, { cause })
}
