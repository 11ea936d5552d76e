import { BentoError } from '../errors.ts'
import {
  concatData,
  concatRows,
  holds,
  isTensor,
  isTypedArray,
  rowKey,
  sliceRows,
} from '../lib/tensor-ops.ts'
import { dtypes } from '../lib/tensor.ts'
import type { TensorData } from '../lib/tensor.ts'
import type { BatchAxis } from './codec/codec.ts'

/** How a batchable method's input and answers are joined and cut. `parameter` is absent for a root input. */
export function createBatchAxis(method: string, parameter?: string): BatchAxis {
  const open = (input: unknown): unknown => {
    if (parameter === undefined) return input
    return typeof input === 'object' && input !== null ? Reflect.get(input, parameter) : undefined
  }
  const close = (value: unknown): unknown =>
    parameter === undefined ? value : { [parameter]: value }
  const requireRows = (value: unknown): number => {
    const rows = countRows(value)
    if (rows !== undefined) return rows
    throw new BentoError('SERVICE_INVALID', `The input of "${method}" has no rows to batch`, {
      hint: 'Declare it as an array or a tensor.',
    })
  }
  return {
    rows: (input) => requireRows(open(input)),
    key: (input) => keyOf(open(input)),
    joinInputs: (inputs) => (inputs.length === 1 ? inputs[0] : close(join(inputs.map(open)))),
    sliceInput(input, from, to) {
      const value = open(input)
      if (from === 0 && to === requireRows(value)) return input
      return close(slice(value, from, to))
    },
    splitOutput: (output, lengths) => split(method, output, lengths),
    joinOutputs: join,
  }
}

function countRows(value: unknown): number | undefined {
  if (Array.isArray(value) || isTypedArray(value)) return value.length
  return isTensor(value) ? value.shape[0] : undefined
}

function keyOf(value: unknown): string {
  return isTensor(value) ? rowKey(value) : ''
}

/** Every request's rows, or none: a row that is missing must never become the next request's. */
function split(method: string, output: unknown, lengths: readonly number[]): unknown[] {
  const rows = countRows(output)
  const wanted = lengths.reduce((sum, length) => sum + length, 0)
  if (rows !== wanted) {
    const answered = rows === undefined ? 'no array' : `${rows} rows`
    const msg = `The batch of ${wanted} rows was answered with ${answered}`
    throw new BentoError('OUTPUT_INVALID', `"${method}" answered ${answered} for ${wanted} rows`, {
      hint: 'Return one row for each row of the batch, in the same order.',
      detail: [{ type: 'value_error', loc: [], msg }],
    })
  }
  if (lengths.length === 1) return [output]
  let from = 0
  return lengths.map((length) => {
    const start = from
    from += length
    return slice(output, start, from)
  })
}

function slice(value: unknown, from: number, to: number): unknown {
  if (isTensor(value)) return sliceRows(value, from, to)
  if (Array.isArray(value) || isTypedArray(value)) return value.slice(from, to)
  return value
}

function join(values: readonly unknown[]): unknown {
  const [first] = values
  if (values.length === 1) return first
  if (values.every(isTensor)) return concatRows(values)
  if (values.every(isTypedArray)) return joinTyped(values)
  return values.flatMap((value: unknown): unknown[] => (Array.isArray(value) ? value : [value]))
}

function joinTyped(values: readonly Exclude<TensorData, string[]>[]): TensorData {
  const dtype = dtypes.find((name) => holds(name, values[0]))
  if (dtype !== undefined) return concatData(dtype, values)
  throw new TypeError('These arrays cannot be joined')
}
