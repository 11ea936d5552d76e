import { loggable } from '../../log/log-fields.ts'

/** Attributes, and what a map is made of, as OTLP writes them in JSON. */
export function fieldsOf(value: object): object[] {
  return fieldsWithin(value, [])
}

/** A value as OTLP writes it in JSON. */
export function toAnyValue(value: unknown): object {
  return anyValue(value, [])
}

const maxDepth = 16

/** `above` is what the value lies in. */
function fieldsWithin(value: object, above: readonly unknown[]): object[] {
  return Object.entries(value).map(([key, inner]) => ({ key, value: anyValue(inner, above) }))
}

function anyValue(given: unknown, above: readonly unknown[]): object {
  const value = loggable(given)
  if (typeof value === 'object') {
    return value === null || above.length > maxDepth ? {} : structureOf(given, value, above)
  }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: value.toString() }
  // JSON has no NaN and no Infinity.
  return Number.isFinite(value) ? { doubleValue: value } : {}
}

function structureOf(given: unknown, value: object, above: readonly unknown[]): object {
  if (value instanceof Date) return { stringValue: value.toJSON() }
  // Or a graph of a few objects would become one of millions.
  if (above.includes(given)) return { stringValue: '[Circular]' }
  const within = [...above, given]
  if (!Array.isArray(value)) return { kvlistValue: { values: fieldsWithin(value, within) } }
  return { arrayValue: { values: value.map((one: unknown) => anyValue(one, within)) } }
}
