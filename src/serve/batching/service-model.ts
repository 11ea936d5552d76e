import type { ProfilePoint } from '../../config/profile-file.ts'
import { rowBucketOf, rowBuckets } from './row-buckets.ts'

const forgetting = 0.98
const bucketWeight = 0.2
const bucketSamples = 5
const residualWeight = 0.05

/**
 * What a batch of n rows takes, learned from live traffic: a line `b + a·n` by least squares over exponentially
 * forgotten sums, and beside it a table of moving means for each power of two, since real curves bend. Milliseconds.
 */
export class ServiceModel {
  #n = 0
  #x = 0
  #y = 0
  #xx = 0
  #xy = 0
  #a = 0
  #b = 0
  #residual = 0
  #batches = 0
  readonly #count = new Float64Array(rowBuckets)
  readonly #size = new Float64Array(rowBuckets)
  readonly #time = new Float64Array(rowBuckets)

  /** `known`: what was measured before. Traffic soon outweighs it. */
  constructor(known: readonly ProfilePoint[] = []) {
    for (const { rows, ms } of known) {
      for (let time = 0; time < bucketSamples; time++) {
        this.#batches++
        this.#fit(rows, ms)
        this.#tabulate(rows, ms)
      }
    }
  }

  /** Batches learned from. */
  get batches(): number {
    return this.#batches
  }

  /** Cost of one more row. */
  get perRowMs(): number {
    return this.#a
  }

  /** Cost of a launch. */
  get launchMs(): number {
    return this.#b
  }

  learn(rows: number, ms: number): void {
    if (this.#batches > 0 && ms > 0) {
      const off = Math.min(Math.abs(ms - this.of(rows)) / ms, 1)
      this.#residual += residualWeight * (off - this.#residual)
    }
    this.#batches++
    this.#fit(rows, ms)
    this.#tabulate(rows, ms)
  }

  /** Expected time of a batch; 0 as long as nothing is known. */
  of(rows: number): number {
    if (this.#batches === 0) return 0
    const at = rowBucketOf(rows)
    const below = this.#known(at, rows, -1)
    const above = this.#known(at, rows, 1)
    if (below < 0 || above < 0) return this.#besideTable(below < 0 ? above : below, rows)
    const from = this.#size[below] ?? 0
    const span = (this.#size[above] ?? 0) - from
    const low = this.#time[below] ?? 0
    // Kept monotone: a larger batch never counts as a faster one.
    const rise = Math.max(0, (this.#time[above] ?? 0) - low)
    return span > 0 ? low + (rise * (rows - from)) / span : low
  }

  /** The same on the safe side: three times the mean error on top. */
  pessimistic(rows: number): number {
    return this.of(rows) * (1 + 3 * this.#residual)
  }

  /** Mean relative error of the predictions. */
  get residual(): number {
    return this.#residual
  }

  #fit(x: number, y: number): void {
    this.#n = forgetting * this.#n + 1
    this.#x = forgetting * this.#x + x
    this.#y = forgetting * this.#y + y
    this.#xx = forgetting * this.#xx + x * x
    this.#xy = forgetting * this.#xy + x * y
    const spread = this.#n * this.#xx - this.#x ** 2
    // Batches of one size say nothing of the slope: the last one is kept.
    if (spread > 1e-6 * this.#xx) this.#a = (this.#n * this.#xy - this.#x * this.#y) / spread
    this.#b = (this.#y - this.#a * this.#x) / this.#n
    if (this.#a <= 1e-6) {
      this.#a = 1e-6
      this.#b = this.#y / this.#n
    } else if (this.#b < 0) {
      this.#b = 1e-6
      this.#a = this.#y / this.#x
    }
  }

  #tabulate(rows: number, ms: number): void {
    const at = rowBucketOf(rows)
    const count = this.#count[at] ?? 0
    const weight = count === 0 ? 1 : Math.max(bucketWeight, 1 / (count + 1))
    this.#count[at] = count + 1
    this.#size[at] = (this.#size[at] ?? 0) + weight * (rows - (this.#size[at] ?? 0))
    this.#time[at] = (this.#time[at] ?? 0) + weight * (ms - (this.#time[at] ?? 0))
  }

  /** The nearest bucket that is known and whose mean size lies on this side of `rows`; -1 for none. */
  #known(from: number, rows: number, step: -1 | 1): number {
    for (let at = from; at >= 0 && at < rowBuckets; at += step) {
      const isThere = (this.#count[at] ?? 0) >= bucketSamples
      if (isThere && ((this.#size[at] ?? 0) - rows) * step >= 0) return at
    }
    return -1
  }

  /** Beyond the table's ends the line goes on from the last entry; without a table there is only the line. */
  #besideTable(at: number, rows: number): number {
    if (at < 0) return this.#b + this.#a * rows
    const ms = (this.#time[at] ?? 0) + this.#a * (rows - (this.#size[at] ?? 0))
    return Math.max(ms, this.#a * rows)
  }
}
