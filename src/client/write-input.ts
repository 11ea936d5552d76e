import { readTensor } from '../lib/tensor-read.ts'
import type { JsonSchema } from '../service/codec/codec.ts'
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
export function compileInput(path: string, schema: JsonSchema): InputWriter {
  const walk = compileWalk(schema, writeLeaf)
  if (schema['root_input'] === true && schema['type'] === 'string') return writeText(path)
  return (input) => {
    const value = walkInput(walk, input)
    const text = value === undefined ? '' : toJsonText(value)
    return { path, contentType: 'application/json', body: Buffer.from(text) }
  }
}

/** A string is its own text: in quotes it would be another one. */
function writeText(path: string): InputWriter {
  return (input) => ({ path, contentType: 'text/plain', body: Buffer.from(String(input)) })
}

function walkInput(walk: Walk, input: unknown): unknown {
  return walk ? walk(input) : input
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
