import { constants, isUtf8 } from 'node:buffer'
import { BentoError } from '../../errors.ts'
import { isDeeperThan } from '../../lib/json-depth.ts'
import { findJsonError } from '../../lib/json-error.ts'
import { parseLooseJson } from '../../lib/loose-json.ts'
import type { RequestBody, RequestResources } from './codec.ts'

/** Turns a body of one media type into a value. Throws BODY_INVALID. */
export type BodyReader = (body: RequestBody, request: BodySource) => unknown

interface BodySource {
  /** As sent. */
  readonly contentType: string | undefined
  readonly resources: RequestResources
}

export const json = 'application/json'
export const text = 'text/plain'
export const multipart = 'multipart/form-data'
export const urlEncoded = 'application/x-www-form-urlencoded'
/** Where a reader takes whatever comes. */
export const anyBody = '*/*'

/** Finds the reader for a content type as sent. No header means JSON. Throws MEDIA_TYPE_UNSUPPORTED. */
export function readerFor(
  readers: ReadonlyMap<string, BodyReader>,
  contentType: string | undefined,
): BodyReader {
  const sent = contentType ?? json
  const reader = readers.get(sent) ?? readers.get(mediaTypeOf(sent)) ?? readers.get(anyBody)
  if (reader) return reader
  const known = [...readers.keys()].join(' or ')
  throw new BentoError('MEDIA_TYPE_UNSUPPORTED', `The body must be ${known}`, {
    hint: `Send the header "content-type: ${json}".`,
  })
}

/** Without parameters, in lower case (RFC 9110, 8.3.1). What ends in "+json" is JSON (RFC 6839). */
export function mediaTypeOf(contentType: string): string {
  const [type = ''] = contentType.split(';')
  const name = type.trim().toLowerCase()
  if (name === '' || name.endsWith('+json')) return json
  return name
}

// As deep as BentoML reads. A recursive schema of zod that runs out of stack takes the whole process with it.
const maxDepth = 200

export interface ReadJsonOptions {
  /** Whole numbers that a double does not hold become BigInts. */
  readonly exact?: boolean
}

/** NaN and Infinity are taken too: Python writes them. */
export function readJson(body: Buffer, { exact = false }: ReadJsonOptions = {}): unknown {
  const source = readText(body)
  if (isDeeperThan(maxDepth, body)) {
    throw invalid(`The body is nested deeper than ${maxDepth} levels`)
  }
  try {
    return exact && hasLongDigits.test(source) ? parseLooseJson(source) : parseJson(source)
  } catch (error) {
    const { offset, line, column } = findJsonError(source)
    const where = `line ${line}, column ${column} (offset ${offset})`
    throw invalid(`The body is not JSON: it goes wrong at ${where}`, error)
  }
}

// Of fewer, a double holds all.
const hasLongDigits = /\d{16}/

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (error) {
    if (!/NaN|Infinity/.test(source)) throw error
    return parseLooseJson(source, { bigints: false })
  }
}

export function readText(body: Buffer): string {
  const most = constants.MAX_STRING_LENGTH
  if (body.length > most) {
    throw new BentoError('BODY_TOO_LARGE', `A text cannot be larger than ${most} bytes`)
  }
  if (isUtf8(body)) return body.toString('utf8')
  throw invalid('The body is not UTF-8')
}

function invalid(message: string, cause?: unknown): BentoError {
  return new BentoError('BODY_INVALID', message, {
    cause,
    detail: [{ type: 'json_invalid', loc: [], msg: message }],
  })
}
