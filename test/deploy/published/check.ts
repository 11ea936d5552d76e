import { readFileSync } from 'node:fs'

/** A vendor's own description of its API, cut down to what a deployment touches. */
export interface Published {
  readonly operations: readonly Operation[]
  readonly schemas: Readonly<Record<string, Readonly<Record<string, Field>>>>
}

interface Operation {
  readonly method: string
  /** As `v2/projects/{projectsId}/locations/{locationsId}/services`. */
  readonly path: string
  readonly query: readonly string[]
  readonly request?: string
}

interface Field {
  readonly type?: string
  readonly $ref?: string
  readonly readOnly?: boolean
  readonly required?: boolean
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Field
  readonly additionalProperties?: Field
}

export function readPublished(name: string): Published {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the files beside this one are so
  return JSON.parse(text) as Published
}

export interface Sent {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly body: unknown
}

/** What is wrong with a request by the description: path, query, unknown or read-only fields, types, values. */
export function problemsOf({ method, url, body }: Sent, published: Published): string[] {
  const { pathname, searchParams } = new URL(url, 'http://x')
  const found = published.operations.filter(
    (one) => one.method === method && patternOf(one.path).test(pathname),
  )
  const [operation] = found
  if (operation === undefined) return [`there is no ${method} ${pathname}`]
  const known = new Set(found.flatMap(({ query }) => query))
  const unknown = [...searchParams.keys()].filter((key) => !known.has(key))
  return [
    ...unknown.map((key) => `${method} ${pathname} has no parameter ${key}`),
    ...bodyProblems(operation.request, body, published),
  ]
}

function bodyProblems(request: string | undefined, body: unknown, published: Published): string[] {
  if (request === undefined) return body === undefined ? [] : ['it takes no body']
  return fieldProblems({ $ref: request }, body, { at: 'body', published })
}

interface Place {
  readonly at: string
  readonly published: Published
}

function patternOf(path: string): RegExp {
  return new RegExp(`^/${path.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('.', '\\.')}$`)
}

function fieldProblems(field: Field, value: unknown, place: Place): string[] {
  const { at, published } = place
  if (field.readOnly === true) return [`${at} can only be read`]
  if (field.$ref !== undefined) return objectProblems(published.schemas[field.$ref], value, place)
  if (field.type === 'array') return listProblems(field, value, place)
  if (field.type === 'object') return mapProblems(field, value, place)
  return valueProblems(field, value, at)
}

function valueProblems(
  { type = 'any', enum: values, ...bounds }: Field,
  value: unknown,
  at: string,
): string[] {
  const text = JSON.stringify(value)
  if (type !== 'any' && !isOf(type, value)) return [`${at} is ${text}, not ${type}`]
  if (typeof value === 'number') return boundProblems(bounds, value, at)
  if (values === undefined || values.includes(String(value))) return []
  return [`${at} is ${text}, none of ${values.join(', ')}`]
}

function boundProblems(
  { minimum = -Infinity, maximum = Infinity }: Field,
  value: number,
  at: string,
): string[] {
  if (value >= minimum && value <= maximum) return []
  return [`${at} is ${value}, not ${minimum} to ${maximum}`]
}

function objectProblems(
  schema: Published['schemas'][string] = {},
  value: unknown,
  place: Place,
): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${place.at} is no object`]
  }
  const missing = Object.entries(schema).filter(([key, one]) => one.required && !(key in value))
  return [
    ...missing.map(([key]) => `${place.at}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
      const field = schema[key]
      const at = `${place.at}.${key}`
      return field === undefined
        ? [`${at} is unknown`]
        : fieldProblems(field, one, { ...place, at })
    }),
  ]
}

function listProblems({ items = {} }: Field, value: unknown, place: Place): string[] {
  if (!Array.isArray(value)) return [`${place.at} is no list`]
  return value.flatMap((one, index) =>
    fieldProblems(items, one, { ...place, at: `${place.at}[${index}]` }),
  )
}

function mapProblems({ additionalProperties = {} }: Field, value: unknown, place: Place): string[] {
  if (typeof value !== 'object' || value === null) return [`${place.at} is no object`]
  return Object.entries(value).flatMap(([key, one]) =>
    fieldProblems(additionalProperties, one, { ...place, at: `${place.at}.${key}` }),
  )
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}
