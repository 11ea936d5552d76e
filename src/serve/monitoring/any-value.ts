import { loggable } from '../../log/log-fields.ts'

/** Attributes, and what a map is made of, as OTLP writes them in JSON. */
export function fieldsOf(value: object): object[] {
  return fieldsAt(value, 0)
}

/** A value as OTLP writes it in JSON. */
export function toAnyValue(value: unknown): object {
  return anyValue(value, 0)
}

const maxDepth = 16

function fieldsAt(value: object, depth: number): object[] {
  return Object.entries(value).map(([key, inner]) => ({ key, value: anyValue(inner, depth) }))
}

function anyValue(given: unknown, depth: number): object {
  const value = loggable(given)
  if (typeof value === 'object') {
    return value === null || depth > maxDepth ? {} : structureOf(value, depth + 1)
  }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: value.toString() }
  // JSON has no NaN and no Infinity.
  return Number.isFinite(value) ? { doubleValue: value } : {}
}

function structureOf(value: object, depth: number): object {
  if (value instanceof Date) return { stringValue: value.toJSON() }
  if (!Array.isArray(value)) return { kvlistValue: { values: fieldsAt(value, depth) } }
  return { arrayValue: { values: value.map((one: unknown) => anyValue(one, depth)) } }
}
