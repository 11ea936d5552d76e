import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../../errors.ts'
import type { ErrorDetail } from '../../errors.ts'
import type { InputSchema, Parameters, Schema } from '../schema-types.ts'
import type { Codec, JsonSchema } from './codec.ts'
import { countProblems, missing, toDetails } from './issues.ts'
import { isJsonObject, jsonSchemaOf, rebase, toPointerSegment } from './json-schema.ts'
import { json, readerFor, readJson, readText, text } from './media-types.ts'
import type { BodyReader } from './media-types.ts'
import { withPathParams } from './path-params.ts'
import { isSchema, requireSchema } from './require-schema.ts'

/** The half of a codec that reads requests. */
export interface InputCodec {
  readonly decode: Codec['decode']
  readonly schema: JsonSchema
  readonly types: readonly string[]
  readonly isRoot: boolean
  /** The named ones; none of a root input. */
  readonly parameters: readonly Parameter[]
}

interface Parameter {
  readonly name: string
  readonly validate: Schema['~standard']['validate']
  readonly schema: JsonSchema
  readonly mayBeAbsent: boolean
  readonly loc: readonly string[]
}

/** `name` is the method's, for messages. */
export function compileInput(name: string, input: InputSchema = {}): InputCodec {
  return isSchema(input)
    ? compileRoot(requireSchema(`"${name}"`, input))
    : compileNamed(name, input)
}

function compileNamed(method: string, input: Parameters): InputCodec {
  const parameters = Object.entries(input).map(([name, schema]) => {
    if (name !== '__proto__') {
      return compileParameter(name, requireSchema(`Parameter "${name}" of "${method}"`, schema))
    }
    throw new BentoError('SERVICE_INVALID', `"${method}" cannot have a parameter "${name}"`, {
      hint: 'Choose another name: this one sets what an object inherits from.',
    })
  })
  const readers = new Map<string, BodyReader>([[json, readJson]])
  return {
    isRoot: false,
    parameters,
    types: [...readers.keys()],
    schema: toObjectSchema(parameters),
    decode(body, contentType, params) {
      const reader = readerFor(readers, contentType)
      const given = body.length === 0 ? {} : reader(body)
      return validateNamed(parameters, params ? withPathParams(parameters, given, params) : given)
    },
  }
}

function compileParameter(name: string, schema: Schema): Parameter {
  const jsonSchema = jsonSchemaOf(schema, 'input')
  return {
    name,
    validate: schema['~standard'].validate,
    schema: jsonSchema,
    mayBeAbsent: mayBeAbsent(schema, jsonSchema),
    loc: [name],
  }
}

function toObjectSchema(parameters: readonly Parameter[]): JsonSchema {
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
function validateNamed(parameters: readonly Parameter[], body: unknown): unknown {
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
  parameters: readonly Parameter[],
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

function compileRoot(schema: Schema): InputCodec {
  const jsonSchema = jsonSchemaOf(schema, 'input')
  const { validate } = schema['~standard']
  // An object's fields stand at the top, as BentoML has them; anything else is called the root.
  const loc = jsonSchema['type'] === 'object' ? [] : ['root']
  const readers = new Map<string, BodyReader>([[json, readJson]])
  if (jsonSchema['type'] === 'string') readers.set(text, readText)
  const finish = (result: StandardSchemaV1.Result<unknown>, value: unknown): unknown => {
    if (result.issues === undefined) return result.value
    const nothing = value === undefined && result.issues.length > 0
    throw inputInvalid(nothing ? [missing(['root'])] : toDetails(result.issues, value, loc))
  }
  return {
    isRoot: true,
    parameters: [],
    types: [...readers.keys()],
    schema: jsonSchema,
    decode(body, contentType) {
      const reader = readerFor(readers, contentType)
      const value = body.length === 0 && reader === readJson ? undefined : reader(body)
      const result = validate(value)
      if (result instanceof Promise) return result.then((settled) => finish(settled, value))
      return finish(result, value)
    },
  }
}

function inputInvalid(detail: readonly ErrorDetail[]): BentoError {
  return new BentoError('INPUT_INVALID', countProblems(detail, 'Input'), { detail })
}
