import type { StandardJSONSchemaV1 } from '@standard-schema/spec'
import { isBentoError } from '../../errors.ts'
import type { Schema } from '../schema-types.ts'
import type { JsonSchema } from './codec.ts'

/** JSON Schema (2020-12) of what a schema takes or gives; empty, which is anything, where its library has none. */
export function jsonSchemaOf(schema: Schema, direction: 'input' | 'output'): JsonSchema {
  const convert = converterOf(schema)?.[direction]
  if (convert === undefined) return {}
  try {
    const { $schema: _dialect, ...rest } = convert({ target: 'draft-2020-12', libraryOptions })
    return rest
  } catch (error) {
    if (isBentoError(error)) throw error
    // The standard lets a library throw for what it cannot convert. The schema validates all the same.
    return {}
  }
}

// Zod's words for: an empty schema where JSON Schema has no words, as for a Date, but for integers of 64 bits.
const libraryOptions = {
  unrepresentable: 'any',
  override({ zodSchema: { def }, jsonSchema }: ZodConversion): void {
    if (def.type !== 'bigint') return
    Object.assign(jsonSchema, { type: 'integer', format: def.format ?? 'int64' })
  },
}

interface ZodConversion {
  readonly zodSchema: { readonly def: { readonly type: string; readonly format?: string } }
  readonly jsonSchema: object
}

function converterOf(schema: Schema): StandardJSONSchemaV1.Converter | undefined {
  const standard: object = schema['~standard']
  if (!('jsonSchema' in standard)) return undefined
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the standard gives this key this type
  return standard.jsonSchema as StandardJSONSchemaV1.Converter
}

/** The same schema, to stand at `pointer` of another document: its references to itself move with it. */
export function rebase(schema: JsonSchema, pointer: string): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, rebaseValue(key, value, pointer)]),
  )
}

function rebaseValue(key: string, value: unknown, pointer: string): unknown {
  if (key === '$ref' && typeof value === 'string' && value.startsWith('#')) {
    return `#${pointer}${value.slice(1)}`
  }
  // What these hold are values, in which a "$ref" would be a word like any other.
  if (key === 'default' || key === 'const' || key === 'enum' || key === 'examples') return value
  return rebaseAny(value, pointer)
}

function rebaseAny(value: unknown, pointer: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rebaseAny(item, pointer))
  return isJsonObject(value) ? rebase(value, pointer) : value
}

export function isJsonObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As a segment of a JSON Pointer. */
export function toPointerSegment(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** What a reference within `root` leads to; empty where it leads nowhere. */
export function resolvePointer(root: JsonSchema, reference: string): JsonSchema {
  let found: unknown = root
  for (const segment of reference.replace(/^#\/?/, '').split('/')) {
    if (segment === '') continue
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    found = isJsonObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return isJsonObject(found) ? found : {}
}
