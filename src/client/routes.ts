import { closest } from '../lib/suggest.ts'
import type { JsonSchema } from '../service/codec/codec.ts'
import { isJsonObject } from '../service/codec/json-schema.ts'
import { ClientError } from './client-error.ts'
import { acceptOf, compileAnswer, type AnswerReader } from './read-answer.ts'
import { compileStream, type StreamReader } from './read-stream.ts'
import { compileInput, type InputWriter } from './write-input.ts'

/** One method of a service, ready to be called. */
export interface ClientRoute {
  readonly name: string
  readonly write: InputWriter
  readonly accept: string
  readonly read: AnswerReader
  /** Present when it streams. */
  readonly stream?: StreamReader
}

export type ClientRoutes = ReadonlyMap<string, ClientRoute>

/** The methods that `/schema.json` lists. Throws ANSWER_INVALID for what is no such document. */
export function compileRoutes(document: unknown): ClientRoutes {
  const listed = isJsonObject(document) ? document['routes'] : undefined
  if (!Array.isArray(listed)) {
    throw new ClientError('ANSWER_INVALID', 'What answers at /schema.json is no bento')
  }
  return new Map(listed.filter(isJsonObject).map(compileRoute))
}

function compileRoute(listed: JsonSchema): [string, ClientRoute] {
  const name = String(listed['name'])
  const input = isJsonObject(listed['input']) ? listed['input'] : {}
  const output = isJsonObject(listed['output']) ? listed['output'] : {}
  const route = {
    name,
    write: compileInput(String(listed['route']), input),
    accept: acceptOf(output),
    read: compileAnswer(name, output),
    ...(output['is_stream'] === true && { stream: compileStream(name, output) }),
  }
  return [name, route]
}

/** `name` as it was called; what a control of the client hides is there with `api_` before it. */
export function findRoute(routes: ClientRoutes, name: string): ClientRoute {
  const route = routes.get(name) ?? routes.get(name.replace(/^api_/, ''))
  if (route) return route
  const meant = closest(name, routes.keys())
  const known = meant === undefined ? `it has ${[...routes.keys()].join(', ')}` : `is it ${meant}?`
  throw new ClientError('METHOD_UNKNOWN', `The service has no method "${name}": ${known}`)
}
