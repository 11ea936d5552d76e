import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../../errors.ts'
import { anyType } from '../io/file-types.ts'
import { MemoryFile } from '../io/file-value.ts'
import type { Schema } from '../schema-types.ts'
import type { JsonSchema } from './codec.ts'
import { fetchFile, urlIn } from './fetched-files.ts'
import { inputInvalid } from './input.ts'
import type { InputCodec } from './input.ts'
import { missing, toDetails } from './issues.ts'
import { compileJsonReader } from './json-reader.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { contentTypeOf, kindOf } from './kinds.ts'
import { anyBody, json, mediaTypeOf, readerFor, readText, text } from './media-types.ts'
import type { BodyReader } from './media-types.ts'
import { whenWhole } from './request-body.ts'
import { readTensorBytes, tensorTypes } from './tensor-body.ts'

/** `method` is its name, for messages. */
export function compileRoot(method: string, schema: Schema): InputCodec {
  const jsonSchema = jsonSchemaOf(schema, 'input')
  const { validate } = schema['~standard']
  // An object's fields stand at the top, as BentoML has them; anything else is called the root.
  const loc = jsonSchema['type'] === 'object' ? [] : ['root']
  const { readers, types } = formsOf(method, jsonSchema)
  const finish = (result: StandardSchemaV1.Result<unknown>, value: unknown): unknown => {
    if (result.issues === undefined) return result.value
    const nothing = value === undefined && result.issues.length > 0
    throw inputInvalid(nothing ? [missing(['root'])] : toDetails(result.issues, value, loc))
  }
  const check = (value: unknown): unknown => {
    const result = validate(value)
    if (result instanceof Promise) return result.then((settled) => finish(settled, value))
    return finish(result, value)
  }
  return {
    isRoot: true,
    parameters: [],
    types,
    schema: jsonSchema,
    decode(body, contentType, resources) {
      const value = readerFor(readers, contentType)(body, { contentType, resources })
      return value instanceof Promise ? value.then(check) : check(value)
    },
  }
}

interface Forms {
  readonly readers: ReadonlyMap<string, BodyReader>
  readonly types: readonly string[]
}

function formsOf(method: string, schema: JsonSchema): Forms {
  switch (kindOf(schema)) {
    case 'bytes':
      return { readers: new Map([[anyBody, readRaw]]), types: [anyType] }
    case 'file':
      return {
        readers: new Map([[anyBody, readFile]]),
        types: [contentTypeOf(schema)],
      }
    case 'tensor':
      return named([
        [json, readJsonOf(schema)],
        ...tensorTypes.map((type): Entry => [type, readTensor(schema)]),
      ])
    case 'text':
      return named([
        [json, readJsonOf(schema)],
        [text, (body) => whenWhole(body, readText)],
      ])
    case 'json':
      return named([[json, readJsonOf(schema)]])
    case 'files':
  }
  throw new BentoError('SERVICE_INVALID', `The input of "${method}" is a list of files`, {
    hint: 'Give the list a name, as `input: { files: list(file()) }`: a body is one file.',
  })
}

type Entry = readonly [type: string, reader: BodyReader]

function named(entries: readonly Entry[]): Forms {
  return { readers: new Map(entries), types: entries.map(([type]) => type) }
}

function readJsonOf(schema: JsonSchema): BodyReader {
  const parse = compileJsonReader(schema)
  return (body) => whenWhole(body, (bytes) => (bytes.length === 0 ? undefined : parse(bytes)))
}

const readRaw: BodyReader = (body) => whenWhole(body, (bytes) => bytes)

function readTensor(schema: JsonSchema): BodyReader {
  return (body) => whenWhole(body, (bytes) => readTensorBytes(schema, bytes))
}

/** The body is the file, unless it says that it is JSON and is a URL, which is how BentoML's client sends one. */
const readFile: BodyReader = async (body, { contentType, resources }) => {
  const bytes = await whenWhole(body, (whole) => whole)
  if (bytes.length === 0) return undefined
  const type = contentType === undefined ? undefined : mediaTypeOf(contentType)
  const url = type === json ? urlIn(bytes) : undefined
  if (url !== undefined) return fetchFile(url, resources)
  return new MemoryFile(bytes, resources.scratch, type === undefined ? {} : { type })
}
