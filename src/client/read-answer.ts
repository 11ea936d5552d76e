import { messageOf, type ErrorDetail } from '../errors.ts'
import { parseNpy } from '../lib/npy.ts'
import { readTensor } from '../lib/tensor-read.ts'
import type { JsonSchema } from '../service/codec/codec.ts'
import { compileWideReader } from '../service/codec/json-reader.ts'
import { isJsonObject } from '../service/codec/json-schema.ts'
import { ClientError, type ClientErrorOptions } from './client-error.ts'
import { readFile } from './read-file.ts'
import { npyType, patternOf } from './tensor-pattern.ts'
import { headerOf, readBytes, type WireResponse } from './transport.ts'
import { compileWalk, type Walk } from './walk.ts'

/** Reads an answer. Throws a ClientError for one that is an error, or that cannot be read. */
export type AnswerReader = (response: WireResponse) => Promise<unknown>

/** Compiles the schema of a method's output to what reads it. `name` is the method's, for messages. */
export function compileAnswer(name: string, schema: JsonSchema): AnswerReader {
  const read = compileItem(name, schema)
  const isBytes = schema['type'] === 'string' && schema['format'] === 'binary'
  return async (response) => {
    await requireSuccess(response)
    if (schema['type'] === 'file') return readFile(response)
    const bytes = await readBytes(response)
    if (isBytes) return bytes
    if (mediaTypeOf(response) === npyType) return readNpy(name, bytes)
    const text = bytes.toString()
    return mediaTypeOf(response).startsWith('text/') ? text : read(text)
  }
}

/** What a method's answers may come as. A tensor in numpy's file is exact, and nobody has to read its numbers. */
export function acceptOf(schema: JsonSchema): string {
  const isTensor = patternOf(schema) !== undefined
  return isTensor ? `${npyType}, application/json;q=0.9` : '*/*'
}

function readNpy(name: string, bytes: Buffer): unknown {
  const tensor = parseNpy(bytes)
  if (typeof tensor !== 'string') return tensor
  throw unreadable(name, tensor)
}

/** Compiles the schema of a value to what reads it from JSON. */
export function compileItem(name: string, schema: JsonSchema): (text: string) => unknown {
  const walk = compileWalk(schema, readLeaf(name))
  const wide = compileWideReader(schema)
  const parse: Parse = wide ? (text) => wide(Buffer.from(text)) : JSON.parse
  return (text) => readJson(name, text, { parse, walk })
}

function mediaTypeOf(response: WireResponse): string {
  const [type = ''] = (headerOf(response, 'content-type') ?? '').split(';')
  return type.trim().toLowerCase()
}

type Parse = (text: string) => unknown

interface Reading {
  readonly parse: Parse
  readonly walk: Walk
}

function readJson(name: string, text: string, { parse, walk }: Reading): unknown {
  try {
    const value = parse(text)
    return walk ? walk(value) : value
  } catch (error) {
    throw unreadable(name, messageOf(error), error)
  }
}

function readLeaf(name: string) {
  return (schema: JsonSchema): Walk => {
    const pattern = patternOf(schema)
    if (!pattern) return undefined
    return (value) => {
      const { tensor, problem } = readTensor(value, pattern)
      if (problem === undefined) return tensor
      throw unreadable(name, problem.message)
    }
  }
}

function unreadable(name: string, reason: string, cause?: unknown): ClientError {
  return new ClientError('ANSWER_INVALID', `The answer of "${name}" cannot be read: ${reason}`, {
    cause,
  })
}

/** Throws what the service says went wrong. */
export async function requireSuccess(response: WireResponse): Promise<void> {
  const { status } = response
  if (status >= 200 && status < 300) return
  const text = (await readBytes(response)).toString()
  throw errorOf(text, { status, ...retryAfterOf(response) })
}

/** What the body of an error says. */
export function errorOf(
  text: string,
  known: Pick<ClientErrorOptions, 'status' | 'retryAfterMs'>,
): ClientError {
  const { status = 500 } = known
  const body = parseError(text)
  const code = textAt(body, 'code') ?? `HTTP_${status}`
  const message = textAt(body, 'error') ?? `The service answered ${status}: ${text.slice(0, 200)}`
  return new ClientError(code, message, { ...known, ...detailOf(body) })
}

/** What stands before a service, as a proxy, answers in its own words. */
function parseError(text: string): JsonSchema {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

function textAt(body: JsonSchema, key: string): string | undefined {
  const value = body[key]
  return typeof value === 'string' ? value : undefined
}

function detailOf({ detail }: JsonSchema): { detail?: ErrorDetail[] } {
  return Array.isArray(detail) ? { detail: detail.filter(isDetail) } : {}
}

function isDetail(value: unknown): value is ErrorDetail {
  return isJsonObject(value) && typeof value['msg'] === 'string' && Array.isArray(value['loc'])
}

function retryAfterOf(response: WireResponse): { retryAfterMs?: number } {
  const header = headerOf(response, 'retry-after')
  if (header === undefined) return {}
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {}
}
