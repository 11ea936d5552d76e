import type { JsonSchema } from '../../service/codec/codec.ts'
import { isJsonObject } from '../../service/codec/json-schema.ts'
import { resolveIn } from './contract.ts'
import { fieldsOf, listOf, requiredOf, valuesOf } from './schema-parts.ts'

/** A place where one schema allows what another does not. */
export interface Misfit {
  /** As `input.flowers[].petal`. */
  readonly at: string
  /** As `"petal" is required now`. */
  readonly what: string
}

interface Side {
  /** What its references mean. */
  readonly schemas: JsonSchema
  readonly schema: unknown
}

export interface Comparison {
  /** What is sent. */
  readonly given: Side
  /** What must take it. */
  readonly wanted: Side
  readonly at: string
  /** Says it of a field that must be there and may be absent. */
  readonly missing: (field: string) => string
  /** A caller does not notice what an answer has more, nor its lengths and ranges. */
  readonly isInput: boolean
}

/** Why values of `given` may not fit `wanted`; empty when all do. A schema that says nothing takes everything. */
export function findMisfits(
  comparison: Comparison,
  seen: ReadonlySet<string> = new Set(),
): Misfit[] {
  const given = resolve(comparison.given)
  const wanted = resolve(comparison.wanted)
  const pair = JSON.stringify([given, wanted])
  // What refers to itself is compared already.
  if (seen.has(pair) || isAnything(wanted)) return []
  const next = new Set(seen).add(pair)
  const inner: Comparer = (change) => findMisfits({ ...comparison, ...change }, next)
  return compareResolved({ place: comparison, given, wanted, inner })
}

type Comparer = (change: Partial<Comparison>) => Misfit[]

interface Pair {
  readonly place: Comparison
  readonly given: JsonSchema
  readonly wanted: JsonSchema
  readonly inner: Comparer
}

function compareResolved(pair: Pair): Misfit[] {
  const { place, given, wanted, inner } = pair
  const parts = alternativesOf(given)
  if (parts) return parts.flatMap((part) => inner({ given: { ...place.given, schema: part } }))
  const choices = alternativesOf(wanted)
  if (choices) {
    const results = choices.map((choice) => inner({ wanted: { ...place.wanted, schema: choice } }))
    if (results.some((misfits) => misfits.length === 0)) return []
    return results.length === 1 ? (results[0] ?? []) : [typeMisfit(pair)]
  }
  const values = valuesOf(wanted)
  if (values) return compareValues(pair, values)
  return typesFit(given, wanted) ? compareParts(pair) : [typeMisfit(pair)]
}

/** Each alternative of a union, and each type where there are several. */
function alternativesOf(schema: JsonSchema): readonly unknown[] | undefined {
  const { anyOf, oneOf, type } = schema
  const types = listOf(type)?.map((one) => Object.assign({}, schema, { type: one }))
  return listOf(anyOf) ?? listOf(oneOf) ?? types
}

function compareValues({ place, given }: Pair, allowed: readonly unknown[]): Misfit[] {
  const values = valuesOf(given)
  if (!values) return [{ at: place.at, what: `only ${allowed.map(toText).join(', ')} is left` }]
  const known = new Set(allowed.map(toText))
  return values
    .filter((value) => !known.has(toText(value)))
    .map((value) => ({ at: place.at, what: `${toText(value)} is not allowed` }))
}

function toText(value: unknown): string {
  return JSON.stringify(value)
}

function compareParts({ place, given, wanted, inner }: Pair): Misfit[] {
  const bounds = place.isInput ? compareBounds(place.at, given, wanted) : []
  return [
    ...bounds,
    ...compareFields({ place, given, wanted, inner }),
    ...compareItems({ place, given, wanted, inner }),
  ]
}

function compareFields({ place, given, wanted, inner }: Pair): Misfit[] {
  const [had, has] = [fieldsOf(given), fieldsOf(wanted)]
  const sure = new Set(requiredOf(given))
  const missing = requiredOf(wanted)
    .filter((name) => !sure.has(name))
    .map((name) => ({ at: `${place.at}.${name}`, what: place.missing(name) }))
  const lost = new Set(missing.map(({ at }) => at))
  const others = Object.keys(had).flatMap((name) => {
    const at = `${place.at}.${name}`
    if (lost.has(at)) return []
    if (name in has) {
      const [from, to] = [
        { ...place.given, schema: had[name] },
        { ...place.wanted, schema: has[name] },
      ]
      return inner({ given: from, wanted: to, at })
    }
    return place.isInput && wanted['additionalProperties'] === false
      ? [{ at, what: 'is not taken any more' }]
      : []
  })
  return [...missing, ...others]
}

function compareItems({ place, given, wanted, inner }: Pair): Misfit[] {
  if (typeOf(wanted) !== 'array') return []
  const [from, to] = [given['items'] ?? {}, wanted['items'] ?? {}]
  const items = inner({
    given: { ...place.given, schema: from },
    wanted: { ...place.wanted, schema: to },
    at: `${place.at}[]`,
  })
  const [had, has] = [given['prefixItems'], wanted['prefixItems']]
  if (!Array.isArray(has)) return items
  return has.flatMap((schema: unknown, index) =>
    inner({
      given: { ...place.given, schema: Array.isArray(had) ? had[index] : from },
      wanted: { ...place.wanted, schema },
      at: `${place.at}[${index}]`,
    }),
  )
}

const lowest = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems']
const highest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']

function compareBounds(at: string, given: JsonSchema, wanted: JsonSchema): Misfit[] {
  const tighter = (key: string): boolean => {
    const [was, is] = [given[key], wanted[key]]
    if (typeof is !== 'number') return is !== undefined && is !== was
    if (typeof was !== 'number') return !isNoBound(key, is)
    return lowest.includes(key) ? is > was : is < was
  }
  return [...lowest, ...highest, 'pattern']
    .filter(tighter)
    .map((key) => ({ at, what: `${key} is ${JSON.stringify(wanted[key])} now` }))
}

// What zod writes for a whole number says nothing more; nor does a length of nothing at all.
function isNoBound(key: string, value: number): boolean {
  return Math.abs(value) >= Number.MAX_SAFE_INTEGER || (value === 0 && /^min[LI]/.test(key))
}

function typeMisfit({ place, given, wanted }: Pair): Misfit {
  return { at: place.at, what: `was ${nameOf(given)}, is ${nameOf(wanted)}` }
}

function typesFit(given: JsonSchema, wanted: JsonSchema): boolean {
  const [from, to] = [typeOf(given), typeOf(wanted)]
  if (to === undefined || from === to) return true
  return from === 'integer' && to === 'number'
}

function nameOf(schema: JsonSchema): string {
  const values = valuesOf(schema)
  if (values) return values.map(toText).join(' | ')
  const alternatives = alternativesOf(schema)
  if (alternatives) return alternatives.filter(isJsonObject).map(nameOf).join(' | ')
  return typeOf(schema) ?? 'anything'
}

function typeOf(schema: JsonSchema): string | undefined {
  const { type } = schema
  if (typeof type === 'string') return type
  const values = valuesOf(schema)
  if (values) return values[0] === null ? 'null' : typeof values[0]
  if ('properties' in schema) return 'object'
  return 'items' in schema ? 'array' : undefined
}

/** Follows references, and puts together what `allOf` says in parts. */
function resolve({ schemas, schema }: Side): JsonSchema {
  const { $ref: _followed, allOf, ...own } = isJsonObject(schema) ? schema : {}
  const target = resolveIn(schemas, schema)
  const parts = [
    ...(target === schema ? [] : [resolve({ schemas, schema: target })]),
    ...(listOf(allOf) ?? []).map((part) => resolve({ schemas, schema: part })),
  ]
  return parts.reduceRight<JsonSchema>((merged, part) => merge(part, merged), own)
}

function merge(one: JsonSchema, other: JsonSchema): JsonSchema {
  const properties = { ...fieldsOf(one), ...fieldsOf(other) }
  const required = [...new Set([...requiredOf(one), ...requiredOf(other)])]
  return {
    ...one,
    ...other,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

function isAnything(schema: JsonSchema): boolean {
  return Object.keys(schema).every((key) =>
    ['title', 'description', 'default', 'examples'].includes(key),
  )
}
