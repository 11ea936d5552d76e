import { readTensor } from '../lib/tensor-read.ts'
import type { JsonSchema } from '../service/codec/codec.ts'
import { isJsonObject } from '../service/codec/json-schema.ts'
import { ClientError } from './client-error.ts'
import { toJsonText } from './json-text.ts'
import { patternOf } from './tensor-pattern.ts'
import { compileWalk, type Walk } from './walk.ts'

/** What a request is made of, but for what every request has. */
interface WrittenInput {
  readonly path: string
  readonly contentType: string
  readonly body: Buffer
}

export type InputWriter = (input: unknown) => WrittenInput

/** Compiles the schema of a method's input to what writes it. */
export function compileInput(route: string, schema: JsonSchema): InputWriter {
  const walk = compileWalk(schema, writeLeaf)
  if (schema['root_input'] === true && schema['type'] === 'string') return writeText(route)
  return (input) => {
    const { path, rest } = fillPath(route, input)
    const value = walk ? walk(rest) : rest
    const text = value === undefined ? '' : toJsonText(value)
    return { path, contentType: 'application/json', body: Buffer.from(text) }
  }
}

/** A route as `/items/{id}` takes its names out of the input. */
function fillPath(route: string, input: unknown): { path: string; rest: unknown } {
  if (!route.includes('{')) return { path: route, rest: input }
  const rest: Record<string, unknown> = isJsonObject(input) ? { ...input } : {}
  const path = route.replaceAll(/\{([^{}]+)\}/g, (_whole, name: string) => {
    const value = rest[name]
    delete rest[name]
    if (!isSegment(value) || value === '') throw unnamed(route, name)
    return encodeURIComponent(value)
  })
  return { path, rest }
}

function isSegment(value: unknown): value is string | number | boolean {
  return /^(?:string|number|boolean)$/.test(typeof value)
}

function unnamed(route: string, name: string): ClientError {
  const detail = [{ type: 'missing', loc: [name], msg: 'Field required' }]
  return new ClientError('INPUT_INVALID', `The route ${route} needs "${name}"`, { detail })
}

/** A string is its own text: in quotes it would be another one. */
function writeText(route: string): InputWriter {
  return (input) => ({ path: route, contentType: 'text/plain', body: Buffer.from(String(input)) })
}

function writeLeaf(schema: JsonSchema): Walk {
  const pattern = patternOf(schema)
  if (!pattern) return undefined
  return (value) => {
    const { tensor, problem } = readTensor(value, pattern)
    if (problem === undefined) return tensor
    const detail = [{ type: problem.type, loc: problem.path, msg: problem.message }]
    throw new ClientError('INPUT_INVALID', problem.message, { detail })
  }
}
