import { allocate, concatRows, createTensor, holds, sliceRows } from '../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../lib/tensor.ts'

/** Made-up inputs of so many rows. A dimension that may vary beside the rows' is 1. */
export function makeRows(
  inputs: readonly ValueInfo[],
  rows: number,
  random: () => number,
): TensorMap {
  return Object.fromEntries(inputs.map((input) => [input.name, makeTensor(input, rows, random)]))
}

function makeTensor({ dtype, shape }: ValueInfo, rows: number, random: () => number): Tensor {
  const dimensions = [rows, ...shape.slice(1).map((size) => size ?? 1)]
  const size = dimensions.reduce((product, one) => product * one, 1)
  if (dtype === 'string') {
    return createTensor(
      dtype,
      dimensions,
      Array.from({ length: size }, () => 'text'),
    )
  }
  const data = allocate(dtype, size)
  // Zeros are a valid index, class and token everywhere.
  if (holds('float32', data) || holds('float64', data)) {
    for (let at = 0; at < size; at++) data[at] = 2 * random() - 1
  }
  return createTensor(dtype, dimensions, data)
}

/** So many rows, of these over and over. */
export function repeatRows(inputs: TensorMap, rows: number): TensorMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => {
      const length = Math.max(1, tensor.shape[0] ?? 1)
      const copies = Array.from({ length: Math.ceil(rows / length) }, () => tensor)
      return [name, sliceRows(concatRows(copies), 0, rows)]
    }),
  )
}
