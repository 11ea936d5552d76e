import { BentoError } from '../../errors.ts'
import { createBatchAxis } from '../batch-axis.ts'
import { noScratch } from '../io/file-value.ts'
import type { InputSchema, Schema } from '../schema-types.ts'
import type { BatchAxis, Codec, JsonSchema, RequestResources } from './codec.ts'
import type { InputCodec } from './input.ts'
import { compileNamed } from './named-input.ts'
import { compileOutput } from './output.ts'
import { isSchema, requireSchema } from './require-schema.ts'
import { compileRoot } from './root-input.ts'

export interface CodecOptions {
  /** The method's name, for messages. */
  readonly name: string
  readonly input?: InputSchema | undefined
  readonly output?: Schema | undefined
  readonly batchable?: boolean
}

/** Compiles the schemas of one method. Throws SERVICE_INVALID for what is no schema, or cannot be batched. */
export function compileCodec({ name, input = {}, output, batchable = false }: CodecOptions): Codec {
  const reader = isSchema(input)
    ? compileRoot(name, requireSchema(`"${name}"`, input))
    : compileNamed(name, input)
  const writer = compileOutput(name, output)
  const batch = batchable ? { batch: compileBatchAxis(name, reader, writer.schema) } : {}
  return {
    decode: (body, contentType, resources = noResources) =>
      reader.decode(body, contentType, resources),
    encode: writer.encode,
    input: reader.schema,
    output: writer.schema,
    isRootInput: reader.isRoot,
    inputTypes: reader.types,
    outputType: writer.type,
    ...batch,
  }
}

/** For bodies that leave nothing behind. */
const noResources: RequestResources = { scratch: noScratch }

function compileBatchAxis(name: string, input: InputCodec, output: JsonSchema): BatchAxis {
  if (!mayBeArray(output)) throw unbatchable(name, 'its answer is not an array')
  if (input.isRoot) {
    if (!mayBeArray(input.schema)) throw unbatchable(name, 'its input is not an array')
    return createBatchAxis(name)
  }
  const [parameter, ...others] = input.parameters
  if (parameter === undefined) throw unbatchable(name, 'it has no parameters')
  if (others.length > 0) {
    throw unbatchable(name, `it has ${input.parameters.length} parameters instead of one`)
  }
  if (!mayBeArray(parameter.schema)) {
    throw unbatchable(name, `its parameter "${parameter.name}" is not an array`)
  }
  if (parameter.mayBeAbsent && parameter.schema['default'] === undefined) {
    throw unbatchable(name, `its parameter "${parameter.name}" may be absent`)
  }
  return createBatchAxis(name, parameter.name)
}

/** A library without JSON Schemas does not tell: then it shows with the first batch. */
function mayBeArray({ type }: JsonSchema): boolean {
  return type === undefined || type === 'array'
}

function unbatchable(name: string, reason: string): BentoError {
  return new BentoError('SERVICE_INVALID', `"${name}" cannot be batchable: ${reason}`, {
    hint: 'Give it one parameter, an array or a tensor, and let it return one row for each of its rows.',
  })
}
