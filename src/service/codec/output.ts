import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError, messageOf } from '../../errors.ts'
import type { ErrorDetail } from '../../errors.ts'
import { isTensor, toJson } from '../../lib/tensor-ops.ts'
import type { Schema } from '../schema-types.ts'
import type { EncodedBody, JsonSchema } from './codec.ts'
import { toDetails } from './issues.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { json, text } from './media-types.ts'
import { requireSchema } from './require-schema.ts'

/** The half of a codec that writes answers. */
export interface OutputCodec {
  readonly encode: (value: unknown) => EncodedBody | Promise<EncodedBody>
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
  const write = schema['type'] === 'string' ? encodeText : encodeJson
  const finish = (result: StandardSchemaV1.Result<unknown>, value: unknown): EncodedBody => {
    if (result.issues === undefined) return write(name, result.value)
    throw outputInvalid(name, toDetails(result.issues, value, []))
  }
  return {
    schema,
    type: write === encodeText ? textType : json,
    encode(value) {
      const result = validate(value)
      if (result instanceof Promise) return result.then((settled) => finish(settled, value))
      return finish(result, value)
    },
  }
}

const textType = `${text}; charset=utf-8`

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
