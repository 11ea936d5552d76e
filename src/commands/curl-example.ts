import { exampleOf, followRef } from './schema-example.ts'
import { shellWord } from './shell-word.ts'

// Beyond this nobody pastes it; an image as nested numbers would fill the screen.
const longest = 2000

export interface Called {
  readonly url: string
  /** By the route of the document, where it is another one here. */
  readonly routes?: ReadonlyMap<string, string>
  /** A header that callers need. */
  readonly key?: string | undefined
}

/** A line to paste that calls an operation of the service, from its OpenAPI document. */
export function renderCurl(document: unknown, { url, routes, key }: Called): string | undefined {
  const header = key === undefined ? '' : ` -H ${shellWord(key)}`
  const lines = exampleRequests(document).map(({ route, body }) => {
    const place = shellWord(`${url}${routes?.get(route) ?? route}`)
    return `curl ${place}${header} -H 'content-type: application/json' -d ${shellWord(body)}`
  })
  return lines.find((line) => line.length <= longest)
}

export interface ExampleRequest {
  readonly route: string
  /** JSON. */
  readonly body: string
}

/** A request that each operation accepts which takes JSON. */
export function exampleRequests(document: unknown): ExampleRequest[] {
  return operationsOf(document).map(({ route, content }) => ({
    route,
    body: exampleBody(content, document),
  }))
}

export interface RequestSchema {
  readonly route: string
  readonly schema: object
}

/** What each operation takes as JSON. */
export function requestSchemas(document: unknown): RequestSchema[] {
  return operationsOf(document).map(({ route, content }) => ({
    route,
    schema: followRef(at(content, 'schema'), document),
  }))
}

function operationsOf(document: unknown): { route: string; content: unknown }[] {
  return entriesOf(at(document, 'paths')).flatMap(([route, item]) => {
    const content = at(item, 'post', 'requestBody', 'content', 'application/json')
    const isCallable = at(item, 'post') !== undefined && !hasOtherContent(item)
    return isCallable ? [{ route, content }] : []
  })
}

function hasOtherContent(item: unknown): boolean {
  const types = entriesOf(at(item, 'post', 'requestBody', 'content'))
  return types.length > 0 && !types.some(([type]) => type === 'application/json')
}

function exampleBody(content: unknown, document: unknown): string {
  const example = at(content, 'example')
  if (example !== undefined) return JSON.stringify(example)
  const schema = at(content, 'schema')
  return schema === undefined ? '{}' : JSON.stringify(exampleOf(schema, document))
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = Reflect.get(here, key)
  }
  return here
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
