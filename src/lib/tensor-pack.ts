import { anything, count, list, literal, object, text } from './shape.ts'
import { allocate, createTensor, sizeOf } from './tensor-ops.ts'
import { dtypes } from './tensor.ts'
import type { Tensor } from './tensor.ts'

/** A tensor as JSON: its bytes in base64, or words as they are. */
export const readPackedTensor = object({
  dtype: literal(...dtypes),
  shape: list(count),
  data: anything,
})

export type PackedTensor = ReturnType<typeof readPackedTensor>

export function packTensor({ dtype, shape, data }: Tensor): PackedTensor {
  if (Array.isArray(data)) return { dtype, shape, data }
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return { dtype, shape, data: bytes.toString('base64') }
}

/** Throws where the bytes do not fill the shape. */
export function unpackTensor({ dtype, shape, data }: PackedTensor): Tensor {
  if (dtype === 'string') return createTensor(dtype, shape, words(data, sizeOf(shape)))
  const filled = allocate(dtype, sizeOf(shape))
  if (!ArrayBuffer.isView(filled)) throw new Error(`${dtype} has no bytes`)
  const bytes = Buffer.from(text(data, 'data'), 'base64')
  if (bytes.length !== filled.byteLength) throw new Error('a tensor was cut off')
  Buffer.from(filled.buffer).set(bytes)
  return createTensor(dtype, shape, filled)
}

function words(data: unknown, size: number): string[] {
  const read = list(text)(data, 'data').slice()
  if (read.length !== size) throw new Error('a tensor was cut off')
  return read
}
