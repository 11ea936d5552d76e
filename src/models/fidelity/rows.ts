import { allocate, createTensor, holds, sliceRows } from '../../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../../lib/tensor.ts'

/** Numbers in the type that the model takes them in, as a service gives them to it. */
export function castAll(inputs: TensorMap, wanted: readonly ValueInfo[]): TensorMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => {
      const dtype = wanted.find((value) => value.name === name)?.dtype
      return [name, dtype === undefined ? tensor : cast(tensor, dtype)]
    }),
  )
}

function cast(tensor: Tensor, dtype: Tensor['dtype']): Tensor {
  if (tensor.dtype === dtype || tensor.dtype === 'string' || dtype === 'string') return tensor
  const data = allocate(dtype, tensor.data.length)
  const isWide = holds('int64', data) || holds('uint64', data)
  for (let at = 0; at < data.length; at++) {
    const element = Number(tensor.data[at])
    data[at] = isWide ? BigInt(Math.trunc(element)) : element
  }
  return createTensor(dtype, tensor.shape, data)
}

/** Rows `from` up to `to` of every input. */
export function sliceAll(inputs: TensorMap, from: number, to: number): TensorMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, sliceRows(tensor, from, to)]),
  )
}

/** How many rows a model takes, where it takes so many and no others. */
export function stepOf(inputs: readonly ValueInfo[]): number | undefined {
  const [first, ...others] = inputs.map(({ shape }) => shape[0] ?? undefined)
  return first !== undefined && others.every((other) => other === first) ? first : undefined
}
