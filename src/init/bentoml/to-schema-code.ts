import { keyOf, quote } from '../names.ts'

export type Node = Readonly<Record<string, unknown>>

/** A schema as TypeScript writes it, and the type of what it gives a method. */
export interface SchemaCode {
  readonly code: string
  readonly type: string
}

/** The zod schema, or bento's own, that means what a schema of BentoML's `/schema.json` means. */
export function toSchemaCode(node: Node): SchemaCode {
  const { code, type } = toCode(node)
  if (!('default' in node)) return { code, type }
  // BentoML writes an optional value without saying that it may be null.
  if (node['default'] === null) {
    return { code: `${code}.nullable().default(null)`, type: `${type} | null` }
  }
  return { code: `${code}.default(${literal(node['default'])})`, type }
}

function toCode(node: Node): SchemaCode {
  if (Array.isArray(node['enum'])) return enumCode(node['enum'])
  if ('const' in node) return enumCode([node['const']])
  const union = node['anyOf'] ?? node['oneOf']
  if (Array.isArray(union)) return unionCode(union.filter(isNode))
  const render = renderers.get(node['type'])
  return render === undefined ? ownCode(node) : render(node)
}

const renderers = new Map<unknown, (node: Node) => SchemaCode>([
  ['string', stringCode],
  ['integer', (node) => numberCode(node, 'z.int()')],
  ['number', (node) => numberCode(node, 'z.number()')],
  ['boolean', () => ({ code: 'z.boolean()', type: 'boolean' })],
  ['null', () => ({ code: 'z.null()', type: 'null' })],
  ['array', arrayCode],
  ['object', objectCode],
])

/** What zod has no word for. */
function ownCode(node: Node): SchemaCode {
  switch (node['type']) {
    case 'tensor':
      return tensorCode(node)
    case 'dataframe':
      return node['orient'] === 'columns'
        ? { code: "table({ orient: 'columns' })", type: 'ColumnLists' }
        : { code: 'table()', type: 'Rows' }
    case 'file':
      return fileCode(node)
    default:
      return { code: 'z.unknown()', type: 'unknown' }
  }
}

function enumCode(values: readonly unknown[]): SchemaCode {
  const type = values.map(literal).join(' | ')
  const list = `[${values.map(literal).join(', ')}]`
  const isText = values.every((value) => typeof value === 'string')
  return { code: isText ? `z.enum(${list})` : `z.literal(${list})`, type }
}

function unionCode(nodes: readonly Node[]): SchemaCode {
  const options = nodes.map(toSchemaCode)
  return {
    code: `z.union([${options.map(({ code }) => code).join(', ')}])`,
    type: options.map(({ type }) => type).join(' | '),
  }
}

function stringCode(node: Node): SchemaCode {
  if (node['format'] === 'binary') return { code: 'bytes()', type: 'Buffer' }
  const pattern =
    typeof node['pattern'] === 'string' ? `.regex(new RegExp(${quote(node['pattern'])}))` : ''
  return {
    code: `z.string()${bounds(node, { minLength: 'min', maxLength: 'max' })}${pattern}`,
    type: 'string',
  }
}

function numberCode(node: Node, kind: string): SchemaCode {
  const names = {
    minimum: 'min',
    maximum: 'max',
    exclusiveMinimum: 'gt',
    exclusiveMaximum: 'lt',
    multipleOf: 'multipleOf',
  }
  return { code: `${kind}${bounds(node, names)}`, type: 'number' }
}

function arrayCode(node: Node): SchemaCode {
  const { code, type } = isNode(node['items'])
    ? toSchemaCode(node['items'])
    : { code: 'z.unknown()', type: 'unknown' }
  const own = /^(?:file|image|bytes)\(/.test(code)
  if (own) return { code: `list(${code})`, type: `${type}[]` }
  const limits = bounds(node, { minItems: 'min', maxItems: 'max' })
  return {
    code: `z.array(${code})${limits}`,
    type: type.includes(' ') ? `(${type})[]` : `${type}[]`,
  }
}

function objectCode(node: Node): SchemaCode {
  const { properties, additionalProperties } = node
  if (!isNode(properties)) {
    const value = isNode(additionalProperties)
      ? toSchemaCode(additionalProperties)
      : { code: 'z.unknown()', type: 'unknown' }
    return { code: `z.record(z.string(), ${value.code})`, type: `Record<string, ${value.type}>` }
  }
  const fields = fieldsOf(node)
  return {
    code: `z.object({ ${fields.map(({ name, code }) => `${name}: ${code}`).join(', ')} })`,
    type: typeOfFields(fields),
  }
}

export interface Field extends SchemaCode {
  /** As a key of an object literal. */
  readonly name: string
  readonly isOptional: boolean
}

/** The properties of an object: what is not required and has no default may be absent. */
export function fieldsOf(node: Node): Field[] {
  const properties = isNode(node['properties']) ? node['properties'] : {}
  const required = Array.isArray(node['required']) ? node['required'] : []
  return Object.entries(properties).map(([name, property]) => {
    const inner = isNode(property) ? property : {}
    const { code, type } = toSchemaCode(inner)
    const isOptional = !required.includes(name) && !('default' in inner)
    return { name: keyOf(name), code: isOptional ? `${code}.optional()` : code, type, isOptional }
  })
}

export function typeOfFields(fields: readonly Field[]): string {
  const parts = fields.map(
    ({ name, type, isOptional }) => `${name}${isOptional ? '?' : ''}: ${type}`,
  )
  return parts.length === 0 ? 'Record<string, never>' : `{ ${parts.join('; ')} }`
}

function tensorCode({ dtype, shape }: Node): SchemaCode {
  const lengths = Array.isArray(shape)
    ? `, shape: [${shape.map((length) => (Number(length) < 0 ? 'null' : String(length))).join(', ')}]`
    : ''
  const name = typeof dtype === 'string' ? dtype : 'float64'
  return { code: `tensor({ dtype: ${quote(name)}${lengths} })`, type: 'Tensor' }
}

function fileCode(node: Node): SchemaCode {
  if (node['format'] === 'image') return { code: 'image()', type: 'UploadedFile' }
  const { content_type: type } = node
  return {
    code: typeof type === 'string' ? `file({ contentTypes: [${quote(type)}] })` : 'file()',
    type: 'UploadedFile',
  }
}

function bounds(node: Node, names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .filter(([key]) => typeof node[key] === 'number')
    .map(([key, method]) => `.${method}(${String(node[key])})`)
    .join('')
}

export function literal(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (isNode(value)) {
    const entries = Object.entries(value).map(([key, inner]) => `${keyOf(key)}: ${literal(inner)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  return JSON.stringify(value) ?? 'undefined'
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
