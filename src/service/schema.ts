import type { JsonSchema } from './codec/codec.ts'
import type { ApiDescription, ServiceDescription } from './describe.ts'
import { flattenInput, flattenOutput } from './flatten.ts'

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
    paths: pathsOf(service),
  }
}

function pathsOf({ apis, mounts }: ServiceDescription): SchemaDocument['paths'] {
  const own = apis.map(({ route }) => [route, { mounted: false }] as const)
  const others = mounts.map((path) => [path, { mounted: true }] as const)
  return Object.fromEntries<{ mounted: boolean }>([...own, ...others])
}

function renderRoute(api: ApiDescription): SchemaRoute {
  const input = flattenInput(api.input)
  return {
    name: api.name,
    route: api.route,
    batchable: api.batchable,
    ...(api.description === '' ? {} : { doc: api.description }),
    input: api.isRootInput ? { ...input, root_input: true } : { ...input, title: 'Input' },
    output: { ...flattenOutput(api.output), ...streamWords(api) },
    is_task: false,
  }
}

/** `framing` is bento's own word: whether an item is a chunk, or an event of `text/event-stream`. */
function streamWords({ stream }: ApiDescription): JsonSchema {
  if (stream === undefined) return {}
  const [mediaType] = stream.contentType.split(';')
  return { is_stream: true, media_type: mediaType, framing: stream.framing }
}
