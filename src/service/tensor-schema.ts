import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../errors.ts'
import { readTensor } from '../lib/tensor-read.ts'
import type { TensorPattern } from '../lib/tensor-read.ts'
import { dtypes } from '../lib/tensor.ts'
import type { DType, Tensor, TensorData } from '../lib/tensor.ts'
import type { JsonSchema } from './codec/codec.ts'
import { createSchema } from './io/own-schema.ts'
import type { OwnSchema } from './io/own-schema.ts'

export interface TensorOptions {
  /** Default: float32. */
  readonly dtype?: DType
  /** Null: any length; the first is usually the batch. Absent: any shape. */
  readonly shape?: readonly (number | null)[]
}

/** What a tensor may be made of: nested arrays, a typed array, a tensor. */
export type TensorLike = Tensor | Exclude<TensorData, string[]> | NestedArray

type NestedArray = readonly (number | bigint | boolean | string | NestedArray)[]

export interface TensorSchema extends OwnSchema<TensorLike, Tensor> {
  /** As BentoML's `/schema.json` has it. */
  readonly bentoSchema: JsonSchema
}

/**
 * A schema for an array of numbers of any rank. A method gets one typed array instead of nested ones, checked while
 * it was filled; what it returns may be a tensor, a typed array or nested arrays.
 */
export function tensor(options: TensorOptions = {}): TensorSchema {
  const pattern = checkOptions(options)
  const jsonSchema = toJsonSchema(pattern)
  return Object.assign(
    createSchema<TensorLike, Tensor>('tensor', (value) => validate(value, pattern), jsonSchema),
    { bentoSchema: toBentoSchema(pattern) },
  )
}

/** What a tensor's JSON Schema carries besides JSON's own words, and `toBentoSchema` of it. */
export const tensorKeyword = 'x-bento-tensor'

export function bentoSchemaOf(value: unknown): JsonSchema | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const dtype = dtypes.find((name) => 'dtype' in value && value.dtype === name)
  if (dtype === undefined) return undefined
  const shape: unknown = 'shape' in value ? value.shape : undefined
  return toBentoSchema(Array.isArray(shape) ? { dtype, shape: shape.map(toLength) } : { dtype })
}

function toLength(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function checkOptions({ dtype = 'float32', shape }: TensorOptions): TensorPattern {
  if (!dtypes.includes(dtype)) {
    throw new BentoError('SERVICE_INVALID', `"${dtype}" is not the dtype of a tensor`, {
      hint: `Use one of: ${dtypes.join(', ')}.`,
    })
  }
  if (shape === undefined) return { dtype }
  if (Array.isArray(shape) && shape.length <= 32 && shape.every(isLength)) return { dtype, shape }
  throw new BentoError('SERVICE_INVALID', `${JSON.stringify(shape)} is not the shape of a tensor`, {
    hint: 'Write a list of whole numbers, and null where any length will do, as [null, 4].',
  })
}

function isLength(length: unknown): boolean {
  return length === null || (Number.isSafeInteger(length) && Number(length) >= 0)
}

function validate(value: unknown, pattern: TensorPattern): StandardSchemaV1.Result<Tensor> {
  const result = readTensor(value, pattern)
  if (result.problem === undefined) return { value: result.tensor }
  return { issues: [result.problem] }
}

function toJsonSchema(pattern: TensorPattern): JsonSchema {
  const { dtype, shape } = pattern
  const carried = { [tensorKeyword]: shape === undefined ? { dtype } : { dtype, shape } }
  if (shape === undefined) return { ...carried, type: 'array' }
  let schema: JsonSchema = elementSchema(dtype)
  for (const length of shape.toReversed()) {
    const bounds = length === null ? {} : { minItems: length, maxItems: length }
    schema = { type: 'array', items: schema, ...bounds }
  }
  return { ...carried, ...schema }
}

export function elementSchema(dtype: DType): JsonSchema {
  if (dtype === 'string') return { type: 'string' }
  if (dtype === 'bool') return { type: 'boolean' }
  return { type: dtype.startsWith('float') ? 'number' : 'integer' }
}

function toBentoSchema({ dtype, shape }: TensorPattern): JsonSchema {
  return {
    type: 'tensor',
    format: 'numpy-array',
    ...(dtype === 'string' ? {} : { dtype }),
    ...(shape === undefined ? {} : { dim: shape.length, ...shapeForNumpy(shape) }),
  }
}

// BentoML's client reshapes to it, and numpy can work out one length at most.
function shapeForNumpy(shape: readonly (number | null)[]): { shape?: number[] } {
  if (shape.filter((length) => length === null).length > 1) return {}
  return { shape: shape.map((length) => length ?? -1) }
}
