import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonSchema } from '../codec/codec.ts'

/** A Standard Schema of bento's own. It is no parameter of another library's: `list` and `optional` wrap it. */
export interface OwnSchema<Input, Output> extends StandardSchemaV1<Input, Output> {
  readonly '~standard': StandardSchemaV1.Props<Input, Output> & {
    readonly jsonSchema: StandardJSONSchemaV1.Converter
  }
}

type Validate<Output> = (
  value: unknown,
) => StandardSchemaV1.Result<Output> | Promise<StandardSchemaV1.Result<Output>>

export function createSchema<Input, Output>(
  validate: Validate<Output>,
  jsonSchema: JsonSchema,
): OwnSchema<Input, Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'bentojs',
      validate,
      jsonSchema: { input: () => ({ ...jsonSchema }), output: () => ({ ...jsonSchema }) },
    },
  }
}

/** Where a JSON Schema of bento's own carries what BentoML's `/schema.json` says in its place. */
export const ownKeyword = 'x-bento'

/** `type` is a name as pydantic has it. */
export function issue<Output>(type: string, message: string): StandardSchemaV1.Result<Output> {
  const problem: StandardSchemaV1.Issue & { readonly type: string } = { type, message, path: [] }
  return { issues: [problem] }
}
