import type { JsonSchema } from './codec/codec.ts'
import { isJsonObject, resolvePointer } from './codec/json-schema.ts'
import type { ApiDescription, ServiceDescription } from './describe.ts'
import { ownKeyword } from './io/own-schema.ts'
import { bentoSchemaOf, tensorKeyword } from './tensor-schema.ts'

/** `/schema.json`, as BentoML's clients read it. */
export interface SchemaDocument {
  readonly name: string
  readonly type: 'service'
  readonly description?: string
  readonly routes: readonly SchemaRoute[]
  readonly paths: Readonly<Record<string, { readonly mounted: boolean }>>
}

interface SchemaRoute {
  readonly name: string
  readonly route: string
  readonly batchable: boolean
  readonly doc?: string
  readonly input: JsonSchema
  readonly output: JsonSchema
  readonly is_task: boolean
}

export function renderSchema(service: ServiceDescription): SchemaDocument {
  const { name, description, apis } = service
  return {
    name,
    type: 'service',
    ...(description === '' ? {} : { description }),
    routes: apis.map(renderRoute),
    paths: Object.fromEntries(apis.map(({ route }) => [route, { mounted: false }])),
  }
}

function renderRoute(api: ApiDescription): SchemaRoute {
  const input = flatten(api.input)
  return {
    name: api.name,
    route: api.route,
    batchable: api.batchable,
    ...(api.description === '' ? {} : { doc: api.description }),
    input: api.isRootInput ? { ...input, root_input: true } : { ...input, title: 'Input' },
    output: { ...flatten(api.output), ...streamWords(api) },
    is_task: false,
  }
}

/** `framing` is bento's own word: whether an item is a chunk, or an event of `text/event-stream`. */
function streamWords({ stream }: ApiDescription): JsonSchema {
  if (stream === undefined) return {}
  const [mediaType] = stream.contentType.split(';')
  return { is_stream: true, media_type: mediaType, framing: stream.framing }
}

/** As deep as references are followed: a client decodes by this, and no client decodes without end. */
const maxReferences = 8

/**
 * Without references and alternatives, of which BentoML shows the first only: its client knows neither, and fails on an
 * array without `items`. Bento's own schemas carry BentoML's words.
 */
function flatten(root: JsonSchema): JsonSchema {
  return flattenAt(root, root, 0)
}

function flattenAt(schema: JsonSchema, root: JsonSchema, references: number): JsonSchema {
  const own = bentoSchemaOf(schema[tensorKeyword]) ?? schema[ownKeyword]
  if (isJsonObject(own)) return 'default' in schema ? { ...own, default: schema['default'] } : own
  const target = schema['$ref']
  if (typeof target === 'string') {
    if (references === maxReferences) return {}
    const { $ref: _followed, ...rest } = schema
    return flattenAt({ ...resolvePointer(root, target), ...rest }, root, references + 1)
  }
  const { anyOf, oneOf, allOf, $defs: _inlined, ...rest } = schema
  const alternatives = [firstReal(anyOf ?? oneOf), ...listOf(allOf)].filter(isJsonObject)
  if (alternatives.length > 0) {
    return flattenAt(mergeAll([...alternatives, rest]), root, references)
  }
  return flattenParts({ ...rest, ...firstType(rest['type']) }, root, references)
}

function mergeAll(schemas: readonly JsonSchema[]): JsonSchema {
  return Object.fromEntries(schemas.flatMap((schema) => Object.entries(schema)))
}

function flattenParts(schema: JsonSchema, root: JsonSchema, references: number): JsonSchema {
  const parts: Record<string, unknown> = {}
  const { properties, items, additionalProperties, prefixItems } = schema
  if (isJsonObject(properties)) {
    parts['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [
        name,
        isJsonObject(inner) ? flattenAt(inner, root, references) : {},
      ]),
    )
  }
  if (isJsonObject(additionalProperties)) {
    parts['additionalProperties'] = flattenAt(additionalProperties, root, references)
  }
  if (schema['type'] === 'array') {
    const element = items ?? listOf(prefixItems)[0]
    parts['items'] = isJsonObject(element) ? flattenAt(element, root, references) : {}
  }
  return { ...schema, ...parts }
}

/** The first alternative that is not null: an optional value is described as its value. */
function firstReal(alternatives: unknown): unknown {
  const list = listOf(alternatives).filter(isJsonObject)
  return list.find((alternative) => alternative['type'] !== 'null') ?? list[0]
}

function firstType(type: unknown): JsonSchema {
  const types = listOf(type)
  return types.length === 0 ? {} : { type: types.find((name) => name !== 'null') ?? 'null' }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
