import { type Node, isNode } from './to-schema-code.ts'

/** What BentoML says of a service, as far as it matters here. */
export interface ForeignService {
  readonly name: string
  readonly description?: string
  /** Of `@service`, in camelCase. */
  readonly options: Readonly<Record<string, unknown>>
  readonly routes: readonly ForeignRoute[]
}

export interface ForeignRoute {
  readonly name: string
  readonly route: string
  readonly isBatchable: boolean
  readonly isTask: boolean
  readonly isStream: boolean
  /** Of a stream, when it is not that of events. */
  readonly mediaType?: string
  readonly input: Node
  readonly output: Node
}

/** Reads the document that BentoML serves as `/schema.json`; undefined for another one. */
export function readForeignService(
  document: unknown,
  options: ForeignService['options'] = {},
): ForeignService | undefined {
  if (!isNode(document) || !Array.isArray(document['routes'])) return undefined
  const { name, description } = document
  if (typeof name !== 'string') return undefined
  const routes = document['routes'].filter(isNode).map(readRoute)
  const isText = typeof description === 'string' && description !== ''
  return { name, options, routes, ...(isText ? { description: description.trim() } : {}) }
}

function readRoute(route: Node): ForeignRoute {
  const output = nodeOf(route['output'])
  const isStream = output['is_stream'] === true
  const mediaType = output['media_type']
  const isOther = isStream && typeof mediaType === 'string' && mediaType !== 'text/event-stream'
  return {
    name: String(route['name']),
    route: String(route['route']),
    isBatchable: route['batchable'] === true,
    isTask: route['is_task'] === true,
    isStream,
    ...(isOther ? { mediaType } : {}),
    input: nodeOf(route['input']),
    output,
  }
}

function nodeOf(value: unknown): Node {
  return isNode(value) ? value : {}
}
