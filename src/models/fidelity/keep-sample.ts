import { sizeOf, sliceRows } from '../../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../../lib/tensor.ts'
import type { ModelFile } from '../frameworks/framework.ts'
import { renderSample, sampleFile } from '../runtimes/sample.ts'
import { castAll } from './cast.ts'
import type { Check } from './check.ts'

const mostRows = 32
const mostBytes = 2 ** 21

/** The first rows of a check, to be stored beside the model; nothing where even one row is too large. */
export function keepSample(check: Check | undefined, inputs: readonly ValueInfo[]): ModelFile[] {
  if (check === undefined) return []
  const cast = castAll(check.inputs, inputs)
  const kept = isOpen(inputs) ? firstRows(cast) : cast
  const isKept = kept !== undefined && bytesOf(kept) <= mostBytes
  if (!isKept) return []
  return [{ target: sampleFile, content: renderSample({ source: check.source, inputs: kept }) }]
}

/** Whether it takes any number of rows. */
function isOpen(inputs: readonly ValueInfo[]): boolean {
  return inputs.every(({ shape }) => shape[0] === null)
}

function firstRows(inputs: TensorMap): TensorMap | undefined {
  const rows = Math.min(mostRows, ...Object.values(inputs).map(({ shape }) => shape[0] ?? 0))
  const rowBytes = bytesOf(sliceAll(inputs, Math.min(rows, 1)))
  const fitting = Math.min(rows, Math.floor(mostBytes / Math.max(rowBytes, 1)))
  return fitting < 1 ? undefined : sliceAll(inputs, fitting)
}

function sliceAll(inputs: TensorMap, rows: number): TensorMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, sliceRows(tensor, 0, rows)]),
  )
}

function bytesOf(inputs: TensorMap): number {
  return Object.values(inputs).reduce((sum, tensor) => sum + tensorBytes(tensor), 0)
}

function tensorBytes({ shape, data }: Tensor): number {
  if (!Array.isArray(data)) return data.byteLength
  return data.reduce((sum, word) => sum + Buffer.byteLength(word), sizeOf(shape))
}
