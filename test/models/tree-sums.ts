import { Evaluator } from '../../src/models/runtimes/trees/evaluator.ts'
import { decodeTrees, encodeTrees } from '../../src/models/runtimes/trees/file.ts'
import type { TreesModel } from '../../src/models/runtimes/trees/model.ts'

/** What a model that was written and read again sums to, row by row. */
export function sumsOf(model: TreesModel, rows: readonly (readonly number[])[]): number[] {
  const stored = decodeTrees(encodeTrees(model), 'model.trees')
  const isSingle = stored.header.rows === 'float32'
  const data = isSingle ? Float32Array.from(rows.flat()) : Float64Array.from(rows.flat())
  const found: number[] = []
  new Evaluator(stored).run(data, rows.length, (sums, _from, count) => {
    found.push(...sums.subarray(0, count))
  })
  return found
}
