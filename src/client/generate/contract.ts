import { BentoError } from '../../errors.ts'
import type { JsonSchema } from '../../service/codec/codec.ts'
import { isJsonObject } from '../../service/codec/json-schema.ts'
import { pathParamsOf } from '../../service/route.ts'
import { fieldsOf, listOf, requiredOf } from './schema-parts.ts'

/** What a generated client holds of its service, and is held against it. */
export interface Contract {
  readonly service: string
  readonly methods: readonly MethodContract[]
  /** What the schemas refer to, by JSON Pointer. */
  readonly schemas: JsonSchema
}

export interface MethodContract {
  readonly name: string
  readonly route: string
  readonly description: string
  /** The body is one value, and no object of parameters. */
  readonly isRoot: boolean
  /** How the items of an answer come; absent: it is one answer. */
  readonly framing?: 'chunks' | 'sse'
  /** Content types of the body. */
  readonly inputTypes: readonly string[]
  readonly outputType: string
  readonly input: JsonSchema
  readonly output: JsonSchema
}

export interface ServiceDocuments {
  /** `/docs.json` */
  readonly openapi: unknown
  /** `/schema.json` */
  readonly schema: unknown
}

/** Reads what a service says of itself. Throws CLIENT_INVALID where that is no bento's. */
export function readContract({ openapi, schema }: ServiceDocuments, from: string): Contract {
  const title = at(openapi, 'info', 'title')
  const paths = at(openapi, 'paths')
  const routes = at(schema, 'routes')
  if (typeof title !== 'string' || !isJsonObject(paths) || !Array.isArray(routes)) {
    throw new BentoError('CLIENT_INVALID', `${from} does not describe itself as a bento does`, {
      hint: 'Name the URL of a service that bento serves, a bento or a project.',
    })
  }
  const found = at(openapi, 'components', 'schemas')
  const schemas = isJsonObject(found) ? found : {}
  const read: Read = (part) => resolveIn(schemas, part)
  const methods = routes.filter(isJsonObject).map((route) => readMethod(route, paths, read))
  return { service: title, methods, schemas: referredTo(schemas, methods) }
}

/** A method's own schemas stand in it; what is left are those that refer to themselves or to each other. */
function referredTo(schemas: JsonSchema, methods: readonly MethodContract[]): JsonSchema {
  const text = JSON.stringify(methods)
  return Object.fromEntries(
    Object.entries(schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}`)),
  )
}

type Read = (schema: unknown) => JsonSchema

function readMethod(listed: JsonSchema, paths: JsonSchema, read: Read): MethodContract {
  const route = textAt(listed, 'route')
  const operation = at(paths, route, 'post')
  const content = entriesOf(at(operation, 'requestBody', 'content'))
  const [answer] = entriesOf(at(operation, 'responses', '200', 'content'))
  const framing = at(listed, 'output', 'framing')
  const body = read(at(content[0]?.[1], 'schema'))
  return {
    name: textAt(listed, 'name'),
    route,
    description: isJsonObject(operation) ? textAt(operation, 'description') : '',
    isRoot: at(listed, 'input', 'root_input') === true,
    ...(framing === 'chunks' || framing === 'sse' ? { framing } : {}),
    inputTypes: content.map(([type]) => type),
    outputType: answer?.[0] ?? 'application/json',
    input: withPathParams(body, route, at(operation, 'parameters')),
    output: read(at(answer?.[1], 'schema')),
  }
}

/** A caller gives what stands in the path beside what stands in the body. */
function withPathParams(body: JsonSchema, route: string, parameters: unknown): JsonSchema {
  const names = pathParamsOf(route)
  if (names.length === 0) return body
  const listed = (listOf(parameters) ?? []).filter(isJsonObject)
  const given = Object.fromEntries(listed.map((one) => [textAt(one, 'name'), one['schema']]))
  const properties = { ...given, ...fieldsOf(body) }
  return { ...body, type: 'object', properties, required: [...names, ...requiredOf(body)] }
}

function textAt(value: JsonSchema, key: string): string {
  const text = value[key]
  return typeof text === 'string' ? text : ''
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (!isJsonObject(here) || !Object.hasOwn(here, key)) return undefined
    here = here[key]
  }
  return here
}

function entriesOf(value: unknown): [string, unknown][] {
  return isJsonObject(value) ? Object.entries(value) : []
}

/** What a schema refers to, in place of it. */
export function resolveIn(schemas: JsonSchema, schema: unknown): JsonSchema {
  if (!isJsonObject(schema)) return {}
  const { $ref } = schema
  if (typeof $ref !== 'string') return schema
  const found = at(schemas, ...segmentsOf($ref).slice(2))
  return isJsonObject(found) ? found : {}
}

/** Of a reference, as `components`, `schemas`, `name`. */
export function segmentsOf(reference: string): string[] {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Whether a value is what a client was made from. */
export function isContract(value: unknown): value is Contract {
  if (!isJsonObject(value) || typeof value['service'] !== 'string') return false
  const { methods, schemas } = value
  return isJsonObject(schemas) && Array.isArray(methods) && methods.every(isMethod)
}

function isMethod(value: unknown): boolean {
  if (!isJsonObject(value)) return false
  const { name, route, input, output } = value
  return (
    [name, route].every((one) => typeof one === 'string') && [input, output].every(isJsonObject)
  )
}
