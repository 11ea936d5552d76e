import type { JsonSchema } from '../../service/codec/codec.ts'
import { isJsonObject } from '../../service/codec/json-schema.ts'
import { resolveIn, segmentsOf } from './contract.ts'

/** Writes JSON Schemas as TypeScript types. What is referred to gets a name, so that a type may hold itself. */
export class TypeWriter {
  readonly #schemas: JsonSchema
  readonly #names = new Map<string, string>()
  /** Declarations of what was referred to, as they are found. */
  readonly #declared: string[] = []

  constructor(schemas: JsonSchema) {
    this.#schemas = schemas
  }

  get declarations(): readonly string[] {
    return this.#declared
  }

  /** The type of a schema, as it stands in a line. */
  write(schema: unknown): string {
    if (!isJsonObject(schema)) return schema === false ? 'never' : 'unknown'
    const { $ref, anyOf, oneOf, allOf } = schema
    if (typeof $ref === 'string') return this.#nameOf($ref)
    if (Array.isArray(schema['enum'])) return union(schema['enum'].map(literal))
    if ('const' in schema) return literal(schema['const'])
    const alternatives = anyOf ?? oneOf
    if (Array.isArray(alternatives)) return union(alternatives.map((one) => this.write(one)))
    if (Array.isArray(allOf)) return allOf.map((one) => bracket(this.write(one))).join(' & ')
    return union(typesOf(schema).map((type) => this.#writeType(type, schema)))
  }

  #writeType(type: unknown, schema: JsonSchema): string {
    switch (type) {
      case 'string':
        return schema['format'] === 'binary' ? 'Blob' : 'string'
      case 'integer':
        return isWide(schema) ? 'number | bigint' : 'number'
      case 'number':
        return 'number'
      case 'boolean':
        return 'boolean'
      case 'null':
        return 'null'
      case 'array':
        return this.#writeArray(schema)
      case 'object':
        return this.#writeObject(schema)
      default:
        return 'unknown'
    }
  }

  #writeArray({ items, prefixItems }: JsonSchema): string {
    if (!Array.isArray(prefixItems)) return `${bracket(this.write(items))}[]`
    const rest = isJsonObject(items) ? [`...${bracket(this.write(items))}[]`] : []
    return `[${[...prefixItems.map((item) => this.write(item)), ...rest].join(', ')}]`
  }

  #writeObject({ properties, required, additionalProperties: other }: JsonSchema): string {
    const needed: readonly unknown[] = Array.isArray(required) ? required : []
    const fields = Object.entries(isJsonObject(properties) ? properties : {}).map(
      ([name, schema]) =>
        `${propertyName(name)}${needed.includes(name) ? '' : '?'}: ${this.write(schema)}`,
    )
    if (isJsonObject(other) && fields.length === 0) return `Record<string, ${this.write(other)}>`
    if (fields.length === 0) return 'Record<string, unknown>'
    return `{ ${fields.join('; ')} }`
  }

  #nameOf(reference: string): string {
    const known = this.#names.get(reference)
    if (known !== undefined) return known
    const name = this.#freeName(segmentsOf(reference))
    this.#names.set(reference, name)
    const declared = this.write(resolveIn(this.#schemas, { $ref: reference }))
    this.#declared.push(`export type ${name} = ${declared}`)
    return name
  }

  #freeName(segments: readonly string[]): string {
    const words = segments.slice(2).filter((word) => !/^(?:\$defs|properties)$/.test(word))
    const name = `${toTypeName(words.join('_'))}Schema`
    const taken = new Set(this.#names.values())
    for (let number = 1; ; number += 1) {
      const free = number === 1 ? name : `${name}${number}`
      if (!taken.has(free)) return free
    }
  }
}

/** A number would round the largest. */
function isWide({ format }: JsonSchema): boolean {
  return format === 'int64' || format === 'uint64'
}

/** JSON Schema lets a type be implied. */
function typesOf(schema: JsonSchema): readonly unknown[] {
  const { type } = schema
  if (type !== undefined) return Array.isArray(type) ? type : [type]
  if ('properties' in schema) return ['object']
  return 'items' in schema || 'prefixItems' in schema ? ['array'] : [undefined]
}

function literal(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'unknown' : JSON.stringify(value)
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}

function bracket(type: string): string {
  return /^[\w$]+$|^\{[^&|]*\}$|\[\]$/.test(type) && !type.includes(' | ') ? type : `(${type})`
}

/** As it stands before a colon. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

/** As `predict_proba` to `PredictProba`. */
export function toTypeName(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return /^[A-Za-z]/.test(joined) ? joined : `Type${joined}`
}
