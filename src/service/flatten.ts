import type { JsonSchema } from './codec/codec.ts'
import { isJsonObject, resolvePointer, toPointerSegment } from './codec/json-schema.ts'
import { ownKeyword } from './io/own-schema.ts'
import { bentoSchemaOf, tensorKeyword } from './tensor-schema.ts'

/** So many references become what they refer to; of a schema that needs more, each becomes it once. */
const maxReferences = 200

/**
 * Without references, which BentoML's client does not know; it fails on an array without `items`, too. Bento's own
 * schemas carry BentoML's words. What holds itself refers to where it stands in the result: that client takes what says
 * no type for any value.
 */
export function flattenInput(root: JsonSchema): JsonSchema {
  return new Flattener(root, 'first').flatten(root, '')
}

/** That client drops what the one alternative that it sees does not have: of an answer it sees them all. */
export function flattenOutput(root: JsonSchema): JsonSchema {
  return new Flattener(root, 'all').flatten(root, '')
}

/** BentoML shows the first alternative only, by which its client knows how to send a tensor or a file. */
type Alternatives = 'first' | 'all'

class Flattener {
  readonly #root: JsonSchema
  readonly #alternatives: Alternatives
  /** Where what is referred to stands in the result. */
  readonly #places = new Map<string, string>()
  /** What is being flattened now. */
  readonly #open = new Set<string>()
  #references = 0

  constructor(root: JsonSchema, alternatives: Alternatives) {
    this.#root = root
    this.#alternatives = alternatives
  }

  /** `place` is where the result will stand, as a JSON Pointer. */
  flatten(schema: JsonSchema, place: string): JsonSchema {
    const own = bentoSchemaOf(schema[tensorKeyword]) ?? schema[ownKeyword]
    if (isJsonObject(own)) return 'default' in schema ? { ...own, default: schema['default'] } : own
    const { $ref: target, anyOf, oneOf, allOf, $defs: _inlined, ...rest } = schema
    if (typeof target === 'string') return this.#follow(target, schema, place)
    const alternatives = anyOf ?? oneOf
    const isAll = Array.isArray(alternatives) && this.#alternatives === 'all'
    if (isAll) return { ...rest, anyOf: this.#flattenAll(alternatives, `${place}/anyOf`) }
    const parts = [firstReal(alternatives), ...listOf(allOf)].filter(isJsonObject)
    if (parts.length > 0) return this.flatten(mergeAll([...parts, rest]), place)
    const type = this.#alternatives === 'first' ? firstType(rest['type']) : {}
    return this.#flattenParts({ ...rest, ...type }, place)
  }

  #follow(target: string, schema: JsonSchema, place: string): JsonSchema {
    const { $ref: _followed, ...rest } = schema
    const known = this.#places.get(target)
    if (known !== undefined && (this.#open.has(target) || this.#references >= maxReferences)) {
      return { ...rest, $ref: `#${known}` }
    }
    this.#references += 1
    this.#places.set(target, known ?? place)
    this.#open.add(target)
    const flat = this.flatten({ ...resolvePointer(this.#root, target), ...rest }, place)
    this.#open.delete(target)
    return flat
  }

  #flattenParts(schema: JsonSchema, place: string): JsonSchema {
    const { properties, items, additionalProperties: others, prefixItems } = schema
    const parts: Record<string, unknown> = {}
    if (isJsonObject(properties)) {
      parts['properties'] = Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [
          name,
          this.#flattenAny(inner, `${place}/properties/${toPointerSegment(name)}`),
        ]),
      )
    }
    if (isJsonObject(others)) {
      parts['additionalProperties'] = this.flatten(others, `${place}/additionalProperties`)
    }
    if (Array.isArray(prefixItems)) {
      parts['prefixItems'] = this.#flattenAll(prefixItems, `${place}/prefixItems`)
    }
    if (schema['type'] === 'array') {
      parts['items'] = this.#flattenAny(items ?? listOf(prefixItems)[0], `${place}/items`)
    }
    return { ...schema, ...parts }
  }

  #flattenAll(schemas: readonly unknown[], place: string): JsonSchema[] {
    return schemas.map((schema, index) => this.#flattenAny(schema, `${place}/${index}`))
  }

  #flattenAny(schema: unknown, place: string): JsonSchema {
    return isJsonObject(schema) ? this.flatten(schema, place) : {}
  }
}

function mergeAll(schemas: readonly JsonSchema[]): JsonSchema {
  return Object.fromEntries(schemas.flatMap((schema) => Object.entries(schema)))
}

/** The first alternative that is not null: an optional value is described as its value. */
function firstReal(alternatives: unknown): unknown {
  const list = listOf(alternatives).filter(isJsonObject)
  return list.find(({ type }) => type !== 'null') ?? list[0]
}

function firstType(type: unknown): JsonSchema {
  const types = listOf(type)
  return types.length === 0 ? {} : { type: types.find((name) => name !== 'null') ?? 'null' }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
