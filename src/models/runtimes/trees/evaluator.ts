import { forestSums } from './forest.ts'
import { linearSums } from './linear.ts'
import type { TreesHeader, TreesModel } from './model.ts'
import { obliviousSums } from './oblivious.ts'
import type { Sums } from './sums.ts'

// As many rows as stay in the nearer caches beside a tree.
const blockRows = 64
const blockNumbers = 2 ** 16

/** Sums of rows, before any link. Not re-entrant: its memory serves one call after the other. */
export class Evaluator {
  readonly #header: TreesHeader
  readonly #add: Sums
  readonly #blockRows: number
  readonly #rows: Float64Array
  readonly #sums: Float64Array

  constructor(model: TreesModel) {
    const { header } = model
    this.#header = header
    this.#add = sumsOf(model)
    const most = Math.floor(blockNumbers / header.features)
    this.#blockRows = Math.max(1, Math.min(blockRows, most))
    this.#rows = new Float64Array(this.#blockRows * header.features)
    this.#sums = new Float64Array(this.#blockRows * header.base.length)
  }

  /** Hands the sums of one block after the other to `take`; they are its own until it returns. */
  run(
    data: Float32Array | Float64Array,
    rows: number,
    take: (sums: Float64Array, from: number, count: number) => void,
  ): void {
    for (let from = 0; from < rows; from += this.#blockRows) {
      const count = Math.min(this.#blockRows, rows - from)
      this.#fill(data, from, count)
      this.#start(count)
      this.#add(this.#rows, count, this.#sums)
      this.#finish(count)
      take(this.#sums, from, count)
    }
  }

  #fill(data: Float32Array | Float64Array, from: number, count: number): void {
    const { features, zeroBelow } = this.#header
    const rows = this.#rows
    const start = from * features
    for (let i = 0; i < count * features; i++) {
      const x = data[start + i] ?? 0
      rows[i] = x <= zeroBelow && x >= -zeroBelow ? 0 : x
    }
  }

  #start(count: number): void {
    const { base } = this.#header
    const sums = this.#sums
    const width = base.length
    for (let i = 0; i < width; i++) {
      const start = base[i] ?? 0
      for (let at = i; at < count * width; at += width) sums[at] = start
    }
  }

  #finish(count: number): void {
    const { base, divisor, scale, bias } = this.#header
    if (divisor === 1 && scale === 1 && bias.length === 0) return
    const sums = this.#sums
    for (let at = 0; at < count * base.length; at++) {
      sums[at] = ((sums[at] ?? 0) / divisor) * scale + (bias[at % base.length] ?? 0)
    }
  }
}

function sumsOf(model: TreesModel): Sums {
  if (model.kind === 'forest') return forestSums(model.header, model.arrays)
  if (model.kind === 'oblivious') return obliviousSums(model.header, model.arrays)
  return linearSums(model.header, model.arrays)
}
