import type { TensorPattern } from '../lib/tensor-read.ts'
import { dtypes } from '../lib/tensor.ts'
import type { JsonSchema } from '../service/codec/codec.ts'

/** A tensor as numpy keeps it in a file. */
export const npyType = 'application/x-npy'

/** What `/schema.json` says of a tensor; undefined for everything else. BentoML's own may leave the dtype open. */
export function patternOf({ type, dtype, shape }: JsonSchema): TensorPattern | undefined {
  if (type !== 'tensor') return undefined
  const known = dtypes.find((name) => name === dtype) ?? 'string'
  if (!Array.isArray(shape)) return { dtype: known }
  return { dtype: known, shape: shape.map(toLength) }
}

function toLength(length: unknown): number | null {
  return typeof length === 'number' && length >= 0 ? length : null
}
