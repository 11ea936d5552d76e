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
  switch (typeof value) {
    case 'boolean':
      return { boolValue: value }
    case 'number':
      // JSON has no NaN and no Infinity.
      return Number.isFinite(value) ? { doubleValue: value } : {}
    case 'bigint':
      return { intValue: value.toString() }
    case 'string':
      return { stringValue: value }
    case 'object':
      return value === null || depth > maxDepth ? {} : structureOf(value, depth + 1)
    default:
      return {}
  }
}

function structureOf(value: object, depth: number): object {
  if (value instanceof Date) return { stringValue: value.toJSON() }
  if (!Array.isArray(value)) return { kvlistValue: { values: fieldsAt(value, depth) } }
  return { arrayValue: { values: value.map((one: unknown) => anyValue(one, depth)) } }
}
