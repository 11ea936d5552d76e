import { types } from 'node:util'
import { BentoError, messageOf } from '../../errors.ts'
import { preferredType } from '../../lib/accept.ts'
import { toJson } from '../../lib/tensor-json.ts'
import { isTensor } from '../../lib/tensor-ops.ts'
import { anyType } from '../io/file-types.ts'
import { isOwnFile, toBuffer } from '../io/file-value.ts'
import type { AnswerWishes, EncodedBody, JsonSchema } from './codec.ts'
import { encodeFile } from './file-answer.ts'
import { compileJsonWriter } from './json-writer.ts'
import type { JsonWriter } from './json-writer.ts'
import { contentTypeOf, kindOf } from './kinds.ts'
import { json, text } from './media-types.ts'
import { outputInvalid } from './output-invalid.ts'
import { renderTensor, tensorTypes } from './tensor-body.ts'

export type Encoded = EncodedBody | Promise<EncodedBody>

/** Writes what has been checked already. */
type Write = (value: unknown, wishes?: AnswerWishes) => Encoded

export interface AnswerWriter {
  readonly type: string
  readonly write: Write
}

const textType = `${text}; charset=utf-8`

/** What a kind has no form for is written as JSON. `name` is the method's, for messages. */
export function createWriter(name: string, schema: JsonSchema): AnswerWriter {
  const writeJson = jsonWriter(name, compileJsonWriter(schema))
  switch (kindOf(schema)) {
    case 'text':
      return { type: textType, write: (value) => encodeText(value) ?? writeJson(value) }
    case 'bytes':
      return { type: anyType, write: (value) => encodeBytes(value) ?? writeJson(value) }
    case 'file':
      return {
        type: contentTypeOf(schema),
        write: (value) => (isOwnFile(value) ? encodeFile(value) : writeJson(value)),
      }
    case 'tensor':
      return {
        type: json,
        write: (value, wishes) => encodeTensor(value, wishes) ?? writeJson(value, wishes),
      }
    case 'json':
      return { type: json, write: writeJson }
    case 'files':
  }
  throw new BentoError('SERVICE_INVALID', `The output of "${name}" is a list of files`, {
    hint: 'Answer one file: a body holds no more.',
  })
}

/** A string is its own text, without quotes, as BentoML answers it. */
function encodeText(value: unknown): EncodedBody | undefined {
  return typeof value === 'string' ? { contentType: textType, body: Buffer.from(value) } : undefined
}

function encodeBytes(value: unknown): EncodedBody | undefined {
  return types.isUint8Array(value) ? { contentType: anyType, body: toBuffer(value) } : undefined
}

/** Where the client would rather have numpy's file, or the bare elements. */
function encodeTensor(value: unknown, { accept }: AnswerWishes = {}): EncodedBody | undefined {
  if (accept === undefined || !isTensor(value)) return undefined
  const wanted = preferredType(accept, [json, ...tensorTypes])
  const body = wanted === undefined || wanted === json ? undefined : renderTensor(value, wanted)
  return wanted !== undefined && body ? { contentType: wanted, body } : undefined
}

function jsonWriter(name: string, toText: JsonWriter): Write {
  return (value, { nonFinite = 'null' } = {}) => {
    try {
      const body = isTensor(value) ? toJson(value, nonFinite) : toText(value, nonFinite)
      return { contentType: json, body: Buffer.from(body) }
    } catch (error) {
      // A cycle, a BigInt, a depth that the stack does not hold.
      const detail = { type: 'json_invalid', loc: [], msg: messageOf(error) }
      throw outputInvalid(name, [detail], error)
    }
  }
}
