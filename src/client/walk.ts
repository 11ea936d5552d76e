import type { JsonSchema } from '../service/codec/codec.ts'
import { isJsonObject } from '../service/codec/json-schema.ts'

/** Makes a value over; undefined where it stays as it is. */
export type Walk = ((value: unknown) => unknown) | undefined

/** A value's schema to what its leaves need; undefined where a leaf needs nothing. */
type Leaf = (schema: JsonSchema) => Walk

/** Compiles a schema to the way to its special leaves, so that values without any are not walked at all. */
export function compileWalk(schema: unknown, leaf: Leaf): Walk {
  if (!isJsonObject(schema)) return undefined
  const own = leaf(schema)
  if (own) return (value) => (value === undefined || value === null ? value : own(value))
  if (schema['type'] === 'array') return compileItems(compileWalk(schema['items'], leaf))
  return compileFields(schema, leaf)
}

function compileItems(item: Walk): Walk {
  if (!item) return undefined
  return (value) => (Array.isArray(value) ? value.map(item) : value)
}

function compileFields({ properties, additionalProperties }: JsonSchema, leaf: Leaf): Walk {
  const named = new Map<string, Walk>(
    Object.entries(isJsonObject(properties) ? properties : {}).map(([name, schema]) => [
      name,
      compileWalk(schema, leaf),
    ]),
  )
  const other = compileWalk(additionalProperties, leaf)
  if (!other && ![...named.values()].some(Boolean)) return undefined
  return (value) => {
    if (!isJsonObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        const walk = named.has(name) ? named.get(name) : other
        return [name, walk ? walk(each) : each]
      }),
    )
  }
}
