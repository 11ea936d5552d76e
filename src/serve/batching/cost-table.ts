import { rowBucketOf, rowBuckets } from './row-buckets.ts'

/** Batches that make an entry to rely on. */
export const enoughBatches = 5
const weightOfLast = 0.2

/** Moving means of what batches took, one for each power of two of rows, since real curves bend. Milliseconds. */
export class CostTable {
  readonly #count = new Float64Array(rowBuckets)
  readonly #size = new Float64Array(rowBuckets)
  readonly #time = new Float64Array(rowBuckets)

  learn(rows: number, ms: number): void {
    const at = rowBucketOf(rows)
    const count = this.#count[at] ?? 0
    const weight = count === 0 ? 1 : Math.max(weightOfLast, 1 / (count + 1))
    this.#count[at] = count + 1
    this.#size[at] = (this.#size[at] ?? 0) + weight * (rows - (this.#size[at] ?? 0))
    this.#time[at] = (this.#time[at] ?? 0) + weight * (ms - (this.#time[at] ?? 0))
  }

  forget(): void {
    for (const column of [this.#count, this.#size, this.#time]) column.fill(0)
  }

  /** Some size of about as many rows or fewer is known: a batch of `rows` takes no less. */
  knowsUpTo(rows: number): boolean {
    return this.#find(rowBucketOf(rows), -1, () => true) >= 0
  }

  /** Some size of about as many rows or more is known: a batch of `rows` takes no more. */
  knowsFrom(rows: number): boolean {
    return this.#find(rowBucketOf(rows), 1, () => true) >= 0
  }

  /** What a batch takes by the entries on both sides of its size; beyond the last one `perRowMs` goes on. */
  of(rows: number, perRowMs: number): number | undefined {
    const below = this.#nearest(rows, -1)
    const above = this.#nearest(rows, 1)
    if (below >= 0 && above >= 0) return this.#between(below, above, rows)
    const only = below < 0 ? above : below
    if (only < 0) return undefined
    const ms = (this.#time[only] ?? 0) + perRowMs * (rows - (this.#size[only] ?? 0))
    return Math.max(ms, perRowMs * rows)
  }

  #between(below: number, above: number, rows: number): number {
    const from = this.#size[below] ?? 0
    const span = (this.#size[above] ?? 0) - from
    const low = this.#time[below] ?? 0
    // Kept monotone: a larger batch never counts as a faster one.
    const rise = Math.max(0, (this.#time[above] ?? 0) - low)
    return span > 0 ? low + (rise * (rows - from)) / span : low
  }

  /** The nearest entry whose mean size lies on this side of `rows`; -1 for none. */
  #nearest(rows: number, step: -1 | 1): number {
    return this.#find(rowBucketOf(rows), step, (at) => ((this.#size[at] ?? 0) - rows) * step >= 0)
  }

  #find(from: number, step: -1 | 1, isRight: (at: number) => boolean): number {
    for (let at = from; at >= 0 && at < rowBuckets; at += step) {
      if ((this.#count[at] ?? 0) >= enoughBatches && isRight(at)) return at
    }
    return -1
  }
}
