import { sizeOf } from '../../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../../lib/tensor.ts'
import type { ModelFile } from '../frameworks/framework.ts'
import { renderSample, sampleFile } from '../runtimes/sample.ts'
import type { Check } from './check.ts'
import { castAll, sliceAll, stepOf } from './rows.ts'

const mostRows = 32
const mostBytes = 2 ** 21

/** The first rows of a check, to be stored beside the model; nothing where even one row is too large. */
export function keepSample(check: Check | undefined, inputs: readonly ValueInfo[]): ModelFile[] {
  if (check === undefined) return []
  const kept = firstRows(castAll(check.inputs, inputs), inputs)
  if (kept === undefined || bytesOf(kept) > mostBytes) return []
  return [{ target: sampleFile, content: renderSample({ source: check.source, inputs: kept }) }]
}

function firstRows(rows: TensorMap, inputs: readonly ValueInfo[]): TensorMap | undefined {
  const step = stepOf(inputs)
  if (step !== undefined) return sliceAll(rows, 0, step)
  // Where some inputs have rows and others have not, it is all or nothing.
  if (inputs.some(({ shape }) => shape[0] !== null)) return rows
  const count = Math.min(mostRows, ...Object.values(rows).map(({ shape }) => shape[0] ?? 0))
  const rowBytes = bytesOf(sliceAll(rows, 0, Math.min(count, 1)))
  const fitting = Math.min(count, Math.floor(mostBytes / Math.max(rowBytes, 1)))
  return fitting < 1 ? undefined : sliceAll(rows, 0, fitting)
}

function bytesOf(inputs: TensorMap): number {
  return Object.values(inputs).reduce((sum, tensor) => sum + tensorBytes(tensor), 0)
}

function tensorBytes({ shape, data }: Tensor): number {
  if (!Array.isArray(data)) return data.byteLength
  return data.reduce((sum, word) => sum + Buffer.byteLength(word), sizeOf(shape))
}
