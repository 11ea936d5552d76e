import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Schema } from '../schema-types.ts'
import { createWriter } from './answer-writers.ts'
import type { Encoded } from './answer-writers.ts'
import type { AnswerWishes, JsonSchema } from './codec.ts'
import { toDetails } from './issues.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { outputInvalid } from './output-invalid.ts'
import { requireSchema } from './require-schema.ts'

/** The half of a codec that writes answers. */
export interface OutputCodec {
  readonly encode: (value: unknown, wishes?: AnswerWishes) => Encoded
  readonly schema: JsonSchema
  readonly type: string
}

/** `name` is the method's, for messages. */
export function compileOutput(name: string, output: Schema | undefined): OutputCodec {
  if (output === undefined) {
    const { type, write } = createWriter(name, {})
    return { schema: {}, type, encode: write }
  }
  const { validate } = requireSchema(`The output of "${name}"`, output)['~standard']
  const schema = jsonSchemaOf(output, 'output')
  const { type, write } = createWriter(name, schema)
  const finish = (result: StandardSchemaV1.Result<unknown>, value: unknown): unknown => {
    if (result.issues === undefined) return result.value
    throw outputInvalid(name, toDetails(result.issues, value, []))
  }
  return {
    schema,
    type,
    encode(value, wishes) {
      const result = validate(value)
      if (!(result instanceof Promise)) return write(finish(result, value), wishes)
      return result.then((settled) => write(finish(settled, value), wishes))
    },
  }
}
