import { isObject, listOf, resolve, type Schema, schemaAt, textOf } from './schema.ts'

/** A method of the service that a form is made for. */
export interface Endpoint {
  readonly name: string
  readonly route: string
  readonly text: string
  readonly isBatchable: boolean
  /** The names in its path, with their schemas. */
  readonly params: readonly (readonly [string, Schema])[]
  /** How the body is sent. */
  readonly contentType: string
  readonly input: Schema
  /** The body is one value, and no object of named parameters. */
  readonly isRoot: boolean
  readonly output: Schema
  /** How it answers bit by bit. */
  readonly stream: 'chunks' | 'sse' | undefined
}

export interface Service {
  readonly name: string
  readonly version: string
  readonly text: string
  readonly endpoints: readonly Endpoint[]
  readonly document: unknown
}

/** A service as its two documents describe it. */
export function readService(schema: unknown, document: unknown): Service {
  const info = schemaAt(document, 'info')
  const routes = listOf(isObject(schema) ? schema['routes'] : undefined).filter(isObject)
  return {
    name: textOf(info['title']),
    version: textOf(info['version']),
    text: textOf(info['description']),
    endpoints: routes.map((route) => readEndpoint(route, document)),
    document,
  }
}

function readEndpoint(route: Schema, document: unknown): Endpoint {
  const path = textOf(route['route'])
  const post = schemaAt(schemaAt(schemaAt(document, 'paths'), path), 'post')
  const content = schemaAt(schemaAt(post, 'requestBody'), 'content')
  const contentType = preferredType(Object.keys(content))
  const output = schemaAt(route, 'output')
  return {
    name: textOf(route['name']),
    route: path,
    text: textOf(post['description']),
    isBatchable: route['batchable'] === true,
    params: listOf(post['parameters'])
      .filter(isObject)
      .map((one) => [textOf(one['name']), resolve(one['schema'], document)] as const),
    contentType,
    input: resolve(schemaAt(content, contentType)['schema'], document),
    isRoot: schemaAt(route, 'input')['root_input'] === true,
    output,
    stream: framingOf(output),
  }
}

function preferredType(types: readonly string[]): string {
  const known = ['application/json', 'multipart/form-data'].find((type) => types.includes(type))
  return known ?? types[0] ?? 'application/json'
}

function framingOf(output: Schema): Endpoint['stream'] {
  if (output['is_stream'] !== true) return undefined
  return output['framing'] === 'sse' ? 'sse' : 'chunks'
}
