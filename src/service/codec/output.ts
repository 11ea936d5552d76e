import { types } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError, messageOf } from '../../errors.ts'
import type { ErrorDetail } from '../../errors.ts'
import { preferredType } from '../../lib/accept.ts'
import { isTensor, toJson } from '../../lib/tensor-ops.ts'
import { anyType } from '../io/file-types.ts'
import { isOwnFile, toBuffer } from '../io/file-value.ts'
import type { Schema } from '../schema-types.ts'
import type { AnswerWishes, EncodedBody, JsonSchema } from './codec.ts'
import { encodeFile } from './file-answer.ts'
import { toDetails } from './issues.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { contentTypeOf, kindOf } from './kinds.ts'
import { json, text } from './media-types.ts'
import { requireSchema } from './require-schema.ts'
import { renderTensor, tensorTypes } from './tensor-body.ts'

type Encoded = EncodedBody | Promise<EncodedBody>

/** The half of a codec that writes answers. */
export interface OutputCodec {
  readonly encode: (value: unknown, wishes?: AnswerWishes) => Encoded
  readonly schema: JsonSchema
  readonly type: string
}

/** `name` is the method's, for messages. */
export function compileOutput(name: string, output: Schema | undefined): OutputCodec {
  if (output === undefined) {
    return { schema: {}, type: json, encode: (value) => encodeJson(name, value) }
  }
  const { validate } = requireSchema(`The output of "${name}"`, output)['~standard']
  const schema = jsonSchemaOf(output, 'output')
  const { type, write } = writerFor(name, schema)
  const finish = (result: StandardSchemaV1.Result<unknown>, value: unknown): unknown => {
    if (result.issues === undefined) return result.value
    throw outputInvalid(name, toDetails(result.issues, value, []))
  }
  return {
    schema,
    type,
    encode(value, wishes) {
      const result = validate(value)
      if (!(result instanceof Promise)) return write(name, finish(result, value), wishes)
      return result.then((settled) => write(name, finish(settled, value), wishes))
    },
  }
}

interface Writer {
  readonly type: string
  readonly write: (name: string, value: unknown, wishes?: AnswerWishes) => Encoded
}

function writerFor(name: string, schema: JsonSchema): Writer {
  switch (kindOf(schema)) {
    case 'text':
      return { type: textType, write: encodeText }
    case 'bytes':
      return { type: anyType, write: encodeBytes }
    case 'file':
      return { type: contentTypeOf(schema), write: encodeOneFile }
    case 'tensor':
      return { type: json, write: encodeTensor }
    case 'json':
      return { type: json, write: encodeJson }
    case 'files':
  }
  throw new BentoError('SERVICE_INVALID', `The output of "${name}" is a list of files`, {
    hint: 'Answer one file: a body holds no more.',
  })
}

const textType = `${text}; charset=utf-8`

function encodeBytes(name: string, value: unknown): EncodedBody {
  if (!types.isUint8Array(value)) return encodeJson(name, value)
  return { contentType: anyType, body: toBuffer(value) }
}

/** As JSON, unless the client would rather have numpy's file or the bare elements. */
function encodeTensor(name: string, value: unknown, wishes?: AnswerWishes): EncodedBody {
  const accept = wishes?.accept
  const wanted = accept === undefined ? json : preferredType(accept, [json, ...tensorTypes])
  if (wanted === undefined || wanted === json || !isTensor(value)) return encodeJson(name, value)
  const body = renderTensor(value, wanted)
  return body ? { contentType: wanted, body } : encodeJson(name, value)
}

function encodeOneFile(name: string, value: unknown): Encoded {
  return isOwnFile(value) ? encodeFile(value) : encodeJson(name, value)
}

/** A string is its own text, without quotes, as BentoML answers it. */
function encodeText(name: string, value: unknown): EncodedBody {
  if (typeof value !== 'string') return encodeJson(name, value)
  return { contentType: textType, body: Buffer.from(value) }
}

function encodeJson(name: string, value: unknown): EncodedBody {
  return { contentType: json, body: Buffer.from(toText(name, value)) }
}

function toText(name: string, value: unknown): string {
  if (isTensor(value)) return toJson(value)
  try {
    // Undefined for what JSON has no word for: undefined itself, a function, a symbol.
    const written: string | undefined = JSON.stringify(value)
    return written ?? 'null'
  } catch (error) {
    // A cycle, a BigInt, a depth that the stack does not hold.
    const detail = { type: 'json_invalid', loc: [], msg: messageOf(error) }
    throw outputInvalid(name, [detail], error)
  }
}

function outputInvalid(name: string, detail: readonly ErrorDetail[], cause?: unknown): BentoError {
  const [first] = detail
  const where = first === undefined || first.loc.length === 0 ? '' : ` at ${first.loc.join('.')}`
  const more = detail.length > 1 ? `, and ${detail.length - 1} more` : ''
  return new BentoError(
    'OUTPUT_INVALID',
    `The answer of "${name}" breaks its schema${where}: ${first?.msg ?? 'it does not fit'}${more}`,
    { hint: 'Return what `output` of its @api describes.', detail, cause },
  )
}
