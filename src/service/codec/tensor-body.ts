import { BentoError } from '../../errors.ts'
import { isNpy, parseNpy, renderNpy } from '../../lib/npy.ts'
import { viewBytes } from '../../lib/tensor-ops.ts'
import { dtypes } from '../../lib/tensor.ts'
import type { DType, Tensor, TensorData } from '../../lib/tensor.ts'
import { anyType } from '../io/file-types.ts'
import { toBuffer } from '../io/file-value.ts'
import { tensorKeyword } from '../tensor-schema.ts'
import type { JsonSchema } from './codec.ts'
import { isJsonObject } from './json-schema.ts'

const npyType = 'application/x-npy'

/** Content types in which a tensor's elements come as they are, and not as JSON. */
export const tensorTypes: readonly string[] = [anyType, npyType]

/** What a tensor's schema is given: an array of numpy's file, or the bare elements of its own dtype. */
export function readTensorBytes(schema: JsonSchema, body: Buffer): Tensor | TensorData {
  return isNpy(body) ? readNpy(body) : readElements(dtypeOf(schema), body)
}

/** Undefined for strings, which have no such form. */
export function renderTensor(tensor: Tensor, type: string): Buffer | undefined {
  if (type === npyType) return renderNpy(tensor)
  return Array.isArray(tensor.data) ? undefined : toBuffer(tensor.data)
}

function readNpy(body: Buffer): Tensor {
  const tensor = parseNpy(body)
  if (typeof tensor !== 'string') return tensor
  throw invalid(`The .npy file cannot be read: ${tensor}`)
}

function readElements(dtype: DType, body: Buffer): TensorData {
  const data = viewBytes(dtype, body)
  if (data) return data
  throw invalid(`${body.length} bytes are no whole number of ${dtype}`)
}

function dtypeOf(schema: JsonSchema): DType {
  const carried = schema[tensorKeyword]
  const name = isJsonObject(carried) ? carried['dtype'] : undefined
  return dtypes.find((dtype) => dtype === name) ?? 'float32'
}

function invalid(message: string): BentoError {
  return new BentoError('BODY_INVALID', message)
}
