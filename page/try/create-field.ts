import { exampleOf, givenExample } from '../../src/commands/schema-example.ts'
import type { Alternative, Entry, Field } from './field.ts'
import {
  type Document,
  isObject,
  listOf,
  resolve,
  type Schema,
  schemaAt,
  textOf,
  typeOf,
} from './schema.ts'

// A recursive schema has no end: what lies deeper is written as JSON, and its lists begin empty.
const deepest = 12
const deepestList = 4

/** A field for a schema, filled with an example of what it takes: the author's own where there is one. */
export function createField(given: unknown, document: Document): Field {
  return new Fields(document, 0).create(given)
}

class Fields {
  readonly #document: Document
  readonly #depth: number

  constructor(document: Document, depth: number) {
    this.#document = document
    this.#depth = depth
  }

  create(given: unknown, wanted?: unknown): Field {
    const schema = this.#merge(resolve(given, this.#document))
    const value = wanted === undefined ? givenExample(schema) : wanted
    const tensor = schema['x-bento-tensor']
    if (isObject(tensor)) return tensorField(schema, tensor, value)
    const own = schema['x-bento']
    if (isObject(own) && own['type'] === 'dataframe') return tableField(schema, own, value)
    if (this.#depth > deepest) return this.#json(schema, value)
    const options = 'const' in schema ? [schema['const']] : listOf(schema['enum'])
    if (options.length > 0) return choice(schema, options, value ?? schema['default'])
    const alternatives = alternativesOf(schema)
    if (alternatives.length > 0) return this.#either(schema, alternatives, value)
    return this.#ofType(schema, value)
  }

  get #inner(): Fields {
    return new Fields(this.#document, this.#depth + 1)
  }

  #example(schema: Schema, value: unknown): unknown {
    return value === undefined ? exampleOf(schema, this.#document) : value
  }

  #ofType(schema: Schema, value: unknown): Field {
    switch (typeOf(schema)) {
      case 'boolean':
        return { type: 'flag', schema, isOn: this.#example(schema, value) === true }
      case 'integer':
      case 'number':
        return { type: 'number', schema, text: String(this.#example(schema, value)) }
      case 'string':
        return this.#string(schema, value)
      case 'array':
        return this.#array(schema, value)
      case 'null':
        return choice(schema, [null], null)
      default:
        return this.#object(schema, value)
    }
  }

  #string(schema: Schema, value: unknown): Field {
    if (schema['format'] === 'binary') return fileField(schema, schema)
    return { type: 'text', schema, text: String(this.#example(schema, value)) }
  }

  #array(schema: Schema, value: unknown): Field {
    const given = Array.isArray(value) ? listOf(value) : undefined
    const parts = listOf(schema['prefixItems'])
    if (parts.length > 0) {
      const items = parts.map((part, index) => this.#inner.create(part, given?.[index]))
      return { type: 'list', schema, items, create: undefined }
    }
    const inner = resolve(schema['items'], this.#document)
    if (inner['format'] === 'binary') return fileField(schema, inner, true)
    if (this.#isOfNumbers(inner)) return this.#json(schema, value, 'Numbers, as JSON')
    const create = (): Field => this.#inner.create(inner)
    const items = given
      ? given.map((one) => this.#inner.create(inner, one))
      : Array.from({ length: this.#lengthOf(schema) }, create)
    return { type: 'list', schema, items, create }
  }

  #lengthOf({ minItems }: Schema): number {
    const least = typeof minItems === 'number' ? Math.min(minItems, 64) : 0
    return this.#depth > deepestList ? least : Math.max(1, least)
  }

  /** Nobody types a matrix number by number into fields of their own. */
  #isOfNumbers(schema: Schema): boolean {
    const type = typeOf(schema)
    if (type === 'array') return this.#isOfNumbers(resolve(schema['items'], this.#document))
    return (type === 'number' || type === 'integer') && !Array.isArray(schema['enum'])
  }

  #object(schema: Schema, value: unknown): Field {
    const names = Object.keys(schemaAt(schema, 'properties'))
    const given = isObject(value) ? value : undefined
    if (names.length > 0) {
      const entries = names.map((name) => this.#entry(schema, name, given))
      return { type: 'object', schema, entries }
    }
    const more = schema['additionalProperties']
    if (isObject(more)) return this.#record(schema, more, given)
    if (more === false || 'properties' in schema) return { type: 'object', schema, entries: [] }
    return this.#json(schema, value)
  }

  #entry(schema: Schema, name: string, given: Schema | undefined): Entry {
    const isRequired = listOf(schema['required']).includes(name)
    const isGiven = given !== undefined && Object.hasOwn(given, name)
    const field = this.#inner.create(
      schemaAt(schema, 'properties')[name],
      isGiven ? given[name] : undefined,
    )
    return { name, isRequired, isSet: isRequired || isGiven, field }
  }

  #record(schema: Schema, more: Schema, given: Schema | undefined): Field {
    const create = (): Field => this.#inner.create(more)
    const rows = given
      ? Object.entries(given).map(([key, one]) => ({ key, field: this.#inner.create(more, one) }))
      : [{ key: 'key', field: create() }]
    return { type: 'record', schema, rows, create }
  }

  #either(schema: Schema, alternatives: readonly Schema[], value: unknown): Field {
    const options = alternatives.map((one, index): Alternative => ({
      label: labelOf(one) || `Option ${index + 1}`,
      create: () => this.#inner.create(one),
    }))
    const fitting = alternatives.findIndex((one) => fits(resolve(one, this.#document), value))
    const at = Math.max(0, fitting)
    const field = this.#inner.create(alternatives[at], fitting === -1 ? undefined : value)
    return { type: 'either', schema, options, at, field }
  }

  #json(schema: Schema, value: unknown, hint = 'JSON'): Field {
    const text = JSON.stringify(this.#example(schema, value)) ?? 'null'
    return { type: 'json', schema, hint, text }
  }

  #merge(schema: Schema): Schema {
    const parts = listOf(schema['allOf']).map((part) => resolve(part, this.#document))
    if (parts.length === 0) return schema
    const { allOf: _merged, ...rest } = schema
    const all = [...parts, rest]
    const properties = Object.fromEntries(
      all.flatMap((part) => Object.entries(schemaAt(part, 'properties'))),
    )
    const words = Object.fromEntries(all.flatMap((part) => Object.entries(part)))
    return { ...words, properties, required: all.flatMap((part) => listOf(part['required'])) }
  }
}

function fileField(schema: Schema, part: Schema, isMany = false): Field {
  const type = textOf(part['contentMediaType'])
  const accept = type === 'application/octet-stream' ? '' : type
  return { type: 'file', schema, accept, isMany, files: [] }
}

function choice(schema: Schema, options: readonly unknown[], value: unknown): Field {
  const wanted = JSON.stringify(value)
  const at = options.findIndex((option) => JSON.stringify(option) === wanted)
  return { type: 'choice', schema, options, at: Math.max(0, at) }
}

function labelOf(schema: Schema): string {
  const { $ref, const: only, title } = schema
  if (typeof title === 'string') return title
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? ''
  return only === undefined ? typeOf(schema) : JSON.stringify(only)
}

/** What may stand in one place: each of several schemas, or each of several types. Null comes last. */
function alternativesOf(schema: Schema): readonly Schema[] {
  const given = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].filter(isObject)
  if (given.length > 0) return given.toSorted((a, b) => rankOf(a) - rankOf(b))
  const types = listOf(schema['type'])
  return types.length < 2 ? [] : types.map((type) => Object.assign({}, schema, { type }))
}

function rankOf(schema: Schema): number {
  return typeOf(schema) === 'null' ? 1 : 0
}

function fits(schema: Schema, value: unknown): boolean {
  if (value === undefined) return false
  if ('const' in schema) return schema['const'] === value
  const type = typeOf(schema)
  if (value === null) return type === 'null'
  if (Array.isArray(value)) return type === 'array'
  if (typeof value === 'number') return type === 'number' || type === 'integer'
  return type === typeof value
}

function tensorField(schema: Schema, { dtype, shape }: Schema, value: unknown): Field {
  const lengths = listOf(shape)
  const size = lengths.map((length) => (typeof length === 'number' ? length : 'n')).join(' × ')
  const hint = `Nested arrays of ${textOf(dtype)}${size === '' ? '' : `, ${size}`}`
  const element = elementOf(textOf(dtype))
  const example = value ?? filled(lengths.length === 0 ? [1, 1] : lengths, element)
  return { type: 'json', schema, hint, text: JSON.stringify(example) }
}

/** Every cell may be anything: a table is typed faster than it is filled in. */
function tableField(schema: Schema, { columns, orient }: Schema, value: unknown): Field {
  const names = columns === undefined ? ['a', 'b'] : listOf(columns).map(String)
  const isByColumn = orient === 'columns'
  const row = Object.fromEntries(names.map((name, at) => [name, isByColumn ? [at + 1] : at + 1]))
  const hint = isByColumn ? 'A list for each column, as JSON' : 'A list of rows, as JSON'
  return { type: 'json', schema, hint, text: JSON.stringify(value ?? (isByColumn ? row : [row])) }
}

function elementOf(dtype: string): unknown {
  if (dtype === 'string') return 'text'
  if (dtype === 'bool') return true
  return dtype.startsWith('float') ? 0.5 : 1
}

function filled(shape: readonly unknown[], element: unknown): unknown {
  const [length, ...rest] = shape
  if (shape.length === 0) return element
  const count = typeof length === 'number' ? length : 1
  return Array.from({ length: count }, () => filled(rest, element))
}
