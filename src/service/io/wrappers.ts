import type { StandardSchemaV1 } from '@standard-schema/spec'
import { jsonSchemaOf } from '../codec/json-schema.ts'
import { requireSchema } from '../codec/require-schema.ts'
import type { Schema } from '../schema-types.ts'
import { createSchema, issue, ownKeyword } from './own-schema.ts'
import type { OwnSchema } from './own-schema.ts'

type In<One extends Schema> = StandardSchemaV1.InferInput<One>
type Out<One extends Schema> = StandardSchemaV1.InferOutput<One>

export interface ListOptions {
  readonly maxItems?: number
}

/** A list of what bento's own schemas describe, as `list(file())`: one part of a form for each. */
export function list<One extends Schema>(
  schema: One,
  { maxItems = Infinity }: ListOptions = {},
): OwnSchema<readonly In<One>[], Out<One>[]> {
  const { validate } = requireSchema('list()', schema)['~standard']
  const { [ownKeyword]: own, ...items } = jsonSchemaOf(schema, 'input')
  const carried = own === undefined ? {} : { [ownKeyword]: { type: 'array', items: own } }
  const bound = maxItems === Infinity ? {} : { maxItems }
  return createSchema<readonly In<One>[], Out<One>[]>(
    'list',
    async (value) => {
      if (!Array.isArray(value)) return issue('list_type', 'Input should be a valid list')
      if (value.length > maxItems) {
        return issue('too_long', `Input should have at most ${maxItems} items`)
      }
      return collect(await Promise.all(value.map(async (item) => validate(item))))
    },
    { ...carried, type: 'array', items, ...bound },
  )
}

function collect<Value>(
  results: readonly StandardSchemaV1.Result<unknown>[],
): StandardSchemaV1.Result<Value[]> {
  const issues = results.flatMap((result, index) =>
    (result.issues ?? []).map((one) =>
      Object.assign({}, one, { path: [index, ...(one.path ?? [])] }),
    ),
  )
  if (issues.length > 0) return { issues }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the items' own schema gave these
  return { value: results.map((result) => (result.issues ? undefined : result.value)) as Value[] }
}

/** What may be left out, or be null: then `fallback` stands in its place. */
export function optional<One extends Schema>(
  schema: One,
): OwnSchema<In<One> | null | undefined, Out<One> | undefined>
export function optional<One extends Schema>(
  schema: One,
  fallback: In<One>,
): OwnSchema<In<One> | null | undefined, Out<One>>
export function optional(schema: Schema, fallback?: unknown): OwnSchema<unknown, unknown> {
  const { validate } = requireSchema('optional()', schema)['~standard']
  return createSchema(
    'optional',
    (value) => {
      if (value !== undefined && value !== null) return validate(value)
      return fallback === undefined ? { value: undefined } : validate(fallback)
    },
    { ...jsonSchemaOf(schema, 'input'), ...defaultOf(fallback) },
  )
}

function defaultOf(fallback: unknown): { default?: unknown } {
  if (typeof fallback === 'bigint') return { default: Number(fallback) }
  const isPlain =
    ['string', 'number', 'boolean'].includes(typeof fallback) || Array.isArray(fallback)
  return isPlain ? { default: fallback } : {}
}
