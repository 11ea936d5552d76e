import { renderNpy } from '../lib/npy.ts'
import { isTensor } from '../lib/tensor-ops.ts'
import { readTensor } from '../lib/tensor-read.ts'
import type { JsonSchema } from '../service/codec/codec.ts'
import { isJsonObject } from '../service/codec/json-schema.ts'
import { ClientError } from './client-error.ts'
import { toJsonText } from './json-text.ts'
import { npyType, patternOf } from './tensor-pattern.ts'
import { compileWalk, type Walk } from './walk.ts'
import { filesOf, isFile, writeFile, writeForm } from './write-form.ts'

/** What a request is made of, but for what every request has. */
interface WrittenInput extends WrittenBody {
  readonly path: string
}

export interface WrittenBody {
  readonly contentType: string
  readonly body: Buffer | AsyncIterable<Uint8Array>
}

export type InputWriter = (input: unknown) => WrittenInput

/** Compiles the schema of a method's input to what writes it. */
export function compileInput(route: string, schema: JsonSchema): InputWriter {
  const write = compileBody(schema)
  return (input) => {
    const { path, rest } = fillPath(route, input)
    return { path, ...write(rest) }
  }
}

type BodyWriter = (input: unknown) => WrittenBody

function compileBody(schema: JsonSchema): BodyWriter {
  const walk = compileWalk(schema, writeLeaf)
  if (schema['root_input'] === true) return compileRoot(schema, walk)
  const files = filesOf(schema)
  if (files.size > 0) return (input) => writeForm(walk ? walk(input) : input, files)
  const only = onlyTensorOf(schema)
  return (input) => {
    const value = walk ? walk(input) : input
    return writeTensor(only === undefined ? undefined : fieldOf(value, only)) ?? writeJson(value)
  }
}

function compileRoot(schema: JsonSchema, walk: Walk): BodyWriter {
  if (isFile(schema)) {
    const type = schema['content_type']
    return (input) => writeFile(input, typeof type === 'string' ? type : anyType)
  }
  // A string is its own text: in quotes it would be another one.
  if (schema['type'] === 'string') {
    return (input) => ({ contentType: 'text/plain', body: Buffer.from(String(input)) })
  }
  return (input) => {
    const value = walk ? walk(input) : input
    return writeTensor(value) ?? writeJson(value)
  }
}

const anyType = 'application/octet-stream'

function writeJson(value: unknown): WrittenBody {
  const text = value === undefined ? '' : toJsonText(value)
  return { contentType: 'application/json', body: Buffer.from(text) }
}

// From here on numbers as text cost more than they are worth.
const largeBytes = 16 * 1024

/** A large tensor goes as numpy's file, of which nobody has to read a number; so do those that JSON would round. */
function writeTensor(value: unknown): WrittenBody | undefined {
  if (!isTensor(value) || Array.isArray(value.data)) return undefined
  const isWide = value.dtype === 'int64' || value.dtype === 'uint64'
  if (!isWide && value.data.byteLength <= largeBytes) return undefined
  const body = renderNpy(value)
  return body && { contentType: npyType, body }
}

/** A parameter that is a tensor may stand alone as the body, when there is no other. */
function onlyTensorOf({ properties }: JsonSchema): string | undefined {
  const named = Object.entries(isJsonObject(properties) ? properties : {})
  const [only, ...others] = named
  const isAlone = only !== undefined && others.length === 0
  return isAlone && isJsonObject(only[1]) && patternOf(only[1]) ? only[0] : undefined
}

function fieldOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined
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
