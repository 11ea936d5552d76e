import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../../errors.ts'
import type { ErrorDetail } from '../../errors.ts'
import type { Parameters, Schema } from '../schema-types.ts'
import type { JsonSchema } from './codec.ts'
import { fetchFiles } from './fetched-files.ts'
import { valueOf } from './form-values.ts'
import { readMultipart, readUrlEncoded } from './form.ts'
import type { FormPart } from './form.ts'
import { inputInvalid } from './input.ts'
import type { InputCodec, Parameter } from './input.ts'
import { toDetails } from './issues.ts'
import { compileJsonReader } from './json-reader.ts'
import type { JsonReader } from './json-reader.ts'
import { isJsonObject, jsonSchemaOf, rebase, toPointerSegment } from './json-schema.ts'
import { isFileKind, kindOf } from './kinds.ts'
import { json, multipart, readerFor, readText, urlEncoded } from './media-types.ts'
import type { BodyReader } from './media-types.ts'
import { withPathParams } from './path-params.ts'
import { whenWhole } from './request-body.ts'
import { requireSchema } from './require-schema.ts'
import { readTensorBytes, tensorTypes } from './tensor-body.ts'

interface NamedParameter extends Parameter {
  readonly validate: Schema['~standard']['validate']
  readonly loc: readonly string[]
  /** For a form, which has each parameter by itself. */
  readonly parse: JsonReader
}

/** `method` is its name, for messages. */
export function compileNamed(method: string, input: Parameters): InputCodec {
  const parameters = Object.entries(input).map(([name, schema]) => {
    if (name !== '__proto__') {
      return compileParameter(name, requireSchema(`Parameter "${name}" of "${method}"`, schema))
    }
    throw new BentoError('SERVICE_INVALID', `"${method}" cannot have a parameter "${name}"`, {
      hint: 'Choose another name: this one sets what an object inherits from.',
    })
  })
  const schema = toObjectSchema(parameters)
  const readers = readersFor(parameters, compileJsonReader(schema))
  return {
    isRoot: false,
    parameters,
    types: typesFor(parameters),
    schema,
    decode(body, contentType, resources) {
      const read = readerFor(readers, contentType)
      const value = read(body, { contentType, resources })
      const { params } = resources
      const check = (given: unknown): unknown =>
        validateNamed(parameters, params ? withPathParams(parameters, given, params) : given)
      return value instanceof Promise ? value.then(check) : check(value)
    },
  }
}

function compileParameter(name: string, schema: Schema): NamedParameter {
  const jsonSchema = jsonSchemaOf(schema, 'input')
  return {
    name,
    validate: schema['~standard'].validate,
    schema: jsonSchema,
    kind: kindOf(jsonSchema),
    parse: compileJsonReader(jsonSchema),
    mayBeAbsent: mayBeAbsent(schema, jsonSchema),
    loc: [name],
  }
}

/** A form may stand for JSON always, and the bytes of a tensor where that is all there is. */
function readersFor(
  parameters: readonly NamedParameter[],
  parse: JsonReader,
): ReadonlyMap<string, BodyReader> {
  const hasFiles = parameters.some(({ kind }) => isFileKind(kind))
  const readers = new Map<string, BodyReader>([
    [json, hasFiles ? readWithFiles(parameters, parse) : readPlainJson(parse)],
    [multipart, readForm(parameters)],
    [urlEncoded, readUrlForm(parameters)],
  ])
  const [only, ...others] = parameters
  if (only?.kind === 'tensor' && others.length === 0) {
    const read: BodyReader = (body) =>
      whenWhole(body, (bytes) => ({ [only.name]: readTensorBytes(only.schema, bytes) }))
    for (const type of tensorTypes) readers.set(type, read)
  }
  return readers
}

function typesFor(parameters: readonly NamedParameter[]): readonly string[] {
  if (parameters.some(({ kind }) => isFileKind(kind) || kind === 'bytes')) return [multipart]
  const [only, ...others] = parameters
  const isTensor = only?.kind === 'tensor' && others.length === 0
  return isTensor ? [json, ...tensorTypes] : [json]
}

/** An empty body stands for no parameters. */
function readPlainJson(parse: JsonReader): BodyReader {
  return (body) => whenWhole(body, (bytes) => (bytes.length === 0 ? {} : parse(bytes)))
}

function readWithFiles(parameters: readonly NamedParameter[], parse: JsonReader): BodyReader {
  const read = readPlainJson(parse)
  return async (body, source) => {
    const value: unknown = await read(body, source)
    const { resources } = source
    return isJsonObject(value) ? fetchFiles(parameters, value, resources) : value
  }
}

function readForm(parameters: readonly NamedParameter[]): BodyReader {
  return async (body, { contentType = '', resources }) => {
    const parts = await readMultipart(body, contentType, resources.scratch)
    return fetchFiles(parameters, await valuesOf(parameters, parts), resources)
  }
}

function readUrlForm(parameters: readonly NamedParameter[]): BodyReader {
  return async (body, { resources }) => {
    const text = await whenWhole(body, readText)
    const values = await valuesOf(parameters, readUrlEncoded(text, resources.scratch))
    return fetchFiles(parameters, values, resources)
  }
}

/** Only what the method has a parameter for is looked at. */
async function valuesOf(
  parameters: readonly NamedParameter[],
  parts: readonly FormPart[],
): Promise<JsonSchema> {
  const values: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const own = parts.filter(({ field }) => field === parameter.name)
    if (own.length > 0) values[parameter.name] = await valueOf(parameter, own)
  }
  return values
}
function toObjectSchema(parameters: readonly NamedParameter[]): JsonSchema {
  const properties = Object.fromEntries(
    parameters.map(({ name, schema }) => [
      name,
      rebase(schema, `/properties/${toPointerSegment(name)}`),
    ]),
  )
  const required = parameters.filter((one) => !one.mayBeAbsent).map((one) => one.name)
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) }
}

/** The standard has no word for it, so the schema is asked. */
function mayBeAbsent(schema: Schema, jsonSchema: JsonSchema): boolean {
  try {
    const result = schema['~standard'].validate(undefined)
    if (!(result instanceof Promise)) return result.issues === undefined
    // An asynchronous rule is not awaited here; nor may it end the process.
    result.catch(() => undefined)
    return jsonSchema['default'] !== undefined
  } catch {
    // A rule of the user's own that trips over undefined has answered too.
    return false
  }
}

/** All parameters at once, so that a client corrects a request once. No promise unless a schema makes one. */
function validateNamed(parameters: readonly NamedParameter[], body: unknown): unknown {
  if (!isJsonObject(body)) {
    throw inputInvalid([{ type: 'model_type', loc: [], msg: 'Input should be an object' }])
  }
  const results: StandardSchemaV1.Result<unknown>[] = []
  const waiting: Promise<unknown>[] = []
  for (const [index, { name, validate }] of parameters.entries()) {
    const result = validate(Object.hasOwn(body, name) ? body[name] : undefined)
    if (result instanceof Promise) {
      waiting.push(result.then((settled) => (results[index] = settled)))
    } else results[index] = result
  }
  if (waiting.length === 0) return collect(parameters, results, body)
  return Promise.all(waiting).then(() => collect(parameters, results, body))
}

function collect(
  parameters: readonly NamedParameter[],
  results: readonly StandardSchemaV1.Result<unknown>[],
  body: JsonSchema,
): unknown {
  const input: Record<string, unknown> = {}
  let details: ErrorDetail[] | undefined
  for (const [index, { name, loc }] of parameters.entries()) {
    const result = results[index]
    if (result?.issues) {
      const given = Object.hasOwn(body, name) ? body[name] : undefined
      details = [...(details ?? []), ...toDetails(result.issues, given, loc)]
    } else if (result?.value !== undefined) input[name] = result.value
  }
  if (details) throw inputInvalid(details)
  return input
}
