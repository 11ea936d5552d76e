type Schema = Readonly<Record<string, unknown>>

// A recursive schema has no end; by then an example says enough.
const deepest = 8

/** A small value that a JSON Schema accepts: the author's own example where there is one. */
export function exampleOf(schema: unknown, document: unknown, depth = 0): unknown {
  if (!isSchema(schema) || depth > deepest) return null
  const given = givenExample(schema)
  if (given !== undefined) return given
  const next = (inner: unknown): unknown => exampleOf(inner, document, depth + 1)
  if (typeof schema['$ref'] === 'string') return next(resolveRef(schema['$ref'], document))
  for (const key of ['anyOf', 'oneOf']) {
    if (Array.isArray(schema[key])) return next(schema[key][0])
  }
  if (Array.isArray(schema['allOf'])) {
    return Object.assign({}, ...schema['allOf'].map(next))
  }
  return exampleOfType(schema, next)
}

/** What its author gives as an example. */
export function givenExample(schema: Schema): unknown {
  for (const key of ['examples', 'enum']) {
    if (Array.isArray(schema[key]) && schema[key].length > 0) return schema[key][0]
  }
  for (const key of ['example', 'const', 'default']) {
    if (schema[key] !== undefined) return schema[key]
  }
  return undefined
}

function exampleOfType(schema: Schema, next: (inner: unknown) => unknown): unknown {
  const types: readonly unknown[] = [schema['type']].flat()
  const type = types.find((each) => each !== 'null')
  switch (type) {
    case 'object':
      return exampleObject(schema, next)
    case 'array':
      return exampleArray(schema, next)
    case 'string':
      return exampleString(schema)
    case 'integer':
    case 'number':
      return exampleNumber(schema, type === 'integer')
    case 'boolean':
      return true
    default:
      return 'properties' in schema ? exampleObject(schema, next) : null
  }
}

/** Only what is required: the rest has defaults. */
function exampleObject(schema: Schema, next: (inner: unknown) => unknown): object {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const names = Object.keys(properties).filter((name) => required.includes(name))
  return Object.fromEntries(names.map((name) => [name, next(properties[name])]))
}

function exampleArray(schema: Schema, next: (inner: unknown) => unknown): unknown[] {
  if (Array.isArray(schema['prefixItems'])) return schema['prefixItems'].map(next)
  const { minItems } = schema
  const length = typeof minItems === 'number' ? Math.max(1, minItems) : 1
  // Far more than fits a line: the caller gives up on it anyway.
  return Array.from({ length: Math.min(length, 4096) }, () => next(schema['items']))
}

const formats: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'ann@example.com',
  uri: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  ipv4: '192.0.2.1',
}

function exampleString(schema: Schema): string {
  const { format, minLength, maxLength } = schema
  const known = typeof format === 'string' ? formats[format] : undefined
  if (known !== undefined) return known
  const text = 'text'.padEnd(typeof minLength === 'number' ? minLength : 0, ' text')
  return typeof maxLength === 'number' ? text.slice(0, maxLength) : text
}

/** The first plain number that the bounds allow. */
function exampleNumber(schema: Schema, isInteger: boolean): number {
  const low = numberIn(schema, 'minimum') ?? -Infinity
  const above = numberIn(schema, 'exclusiveMinimum') ?? -Infinity
  const high = numberIn(schema, 'maximum') ?? Infinity
  const below = numberIn(schema, 'exclusiveMaximum') ?? Infinity
  const step = numberIn(schema, 'multipleOf') ?? (isInteger ? 1 : 0.25)
  const from = Math.max(low, above)
  const to = Math.min(high, below)
  const ends = [Math.ceil(from / step) * step, Math.floor(from / step) * step + step, from, to]
  const middle = [(from + to) / 2, Math.floor(to / step) * step, Math.ceil(to / step) * step - step]
  const fits = (value: number): boolean =>
    Number.isFinite(value) &&
    value >= low &&
    value > above &&
    value <= high &&
    value < below &&
    (!isInteger || Number.isInteger(value))
  return [isInteger ? 1 : 1.5, 0.5, ...ends, ...middle].find(fits) ?? 0
}

function numberIn(schema: Schema, key: string): number | undefined {
  const value = schema[key]
  return typeof value === 'number' ? value : undefined
}

/** A schema, or the one that it refers to; empty where there is none. */
export function followRef(schema: unknown, document: unknown): object {
  if (!isSchema(schema)) return {}
  const ref = schema['$ref']
  const meant = typeof ref === 'string' ? resolveRef(ref, document) : schema
  return isSchema(meant) ? meant : {}
}

/** Only references within the document, as `#/components/schemas/Iris`. */
export function resolveRef(ref: string, document: unknown): unknown {
  let here = document
  for (const part of ref.replace(/^#\/?/, '').split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = Reflect.get(here, key)
  }
  return here
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
