import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../../errors.ts'
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

/** `name` is what a user calls to get one. */
export function createSchema<Input, Output>(
  name: string,
  validate: Validate<Output>,
  jsonSchema: JsonSchema,
): OwnSchema<Input, Output> {
  const schema: OwnSchema<Input, Output> = {
    '~standard': {
      version: 1,
      vendor: 'bentojs',
      validate,
      jsonSchema: { input: () => ({ ...jsonSchema }), output: () => ({ ...jsonSchema }) },
    },
  }
  return Object.defineProperty(schema, zodKey, { get: () => refuseZod(name) })
}

// Zod takes anything for a field, and looks behind this key when it describes its object or first reads a value.
const zodKey = '_zod'

function refuseZod(name: string): never {
  const instead = name === 'int64' ? 'Write z.int64() there' : 'Make it a parameter of its own'
  throw new BentoError('SERVICE_INVALID', `${name}() cannot be a part of a schema of zod`, {
    hint: `${instead}, or wrap it with list() or optional().`,
  })
}

/** Where a JSON Schema of bento's own carries what BentoML's `/schema.json` says in its place. */
export const ownKeyword = 'x-bento'

/** `type` is a name as pydantic has it. */
export function issue<Output>(type: string, message: string): StandardSchemaV1.Result<Output> {
  const problem: StandardSchemaV1.Issue & { readonly type: string } = { type, message, path: [] }
  return { issues: [problem] }
}
