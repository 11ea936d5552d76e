import type { ProfilePoint } from '../../config/profile-file.ts'
import { CostTable, enoughBatches } from './cost-table.ts'

const forgetting = 0.98
const residualWeight = 0.05
// A time further from what was expected, in either direction, is a surprise. So many in a row are no accident.
const surprise = 2
const changeAfter = 4

interface Surprise {
  readonly rows: number
  readonly ms: number
  readonly isSlower: boolean
}

/**
 * What a batch of n rows takes, learned from live traffic: a line `b + a·n` by least squares over exponentially
 * forgotten sums, and beside it a table by size. Milliseconds. One batch that something held up says little of the
 * next, and is believed in part; when several in a row are not what was expected, what was known holds no more.
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
  readonly #table = new CostTable()
  /** Those of late, all in one direction. */
  #surprises: Surprise[] = []

  /** `known`: what was measured before. Traffic soon outweighs it. */
  constructor(known: readonly ProfilePoint[] = []) {
    for (const { rows, ms } of known) {
      for (let time = 0; time < enoughBatches; time++) this.#take(rows, ms)
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

  /** The last batch took far less than was expected: who would be refused by what is expected should be tried. */
  get isInDoubt(): boolean {
    return this.#surprises.at(-1)?.isSlower === false
  }

  learn(rows: number, ms: number): void {
    const expected = this.of(rows)
    if (this.#batches > 0 && ms > 0) {
      const off = Math.min(Math.abs(ms - expected) / ms, 1)
      this.#residual += residualWeight * (off - this.#residual)
    }
    const most = this.#watch(rows, ms, expected)
    this.#take(rows, Math.min(ms, most))
  }

  /** Expected time of a batch; 0 as long as nothing is known. */
  of(rows: number): number {
    if (this.#batches === 0) return 0
    return this.#table.of(rows, this.#a) ?? this.#b + this.#a * rows
  }

  /** The same on the safe side: three times the mean error on top. */
  pessimistic(rows: number): number {
    return this.of(rows) * (1 + 3 * this.#residual)
  }

  /** Mean relative error of the predictions. */
  get residual(): number {
    return this.#residual
  }

  /** How much of a batch's time may be believed, once it is clear whether it tells of an accident or of a change. */
  #watch(rows: number, ms: number, expected: number): number {
    const most = surprise * expected
    const isSlower = ms > most && this.#table.knowsFrom(rows)
    const isQuicker = ms < expected / surprise && this.#table.knowsUpTo(rows)
    if (!isSlower && !isQuicker) {
      this.#surprises = []
      return Infinity
    }
    if (this.#surprises[0]?.isSlower !== isSlower) this.#surprises = []
    this.#surprises.push({ rows, ms, isSlower })
    if (this.#surprises.length < changeAfter) return isSlower ? most : Infinity
    this.#startOver()
    return Infinity
  }

  /** From what the last batches took, as after the start. */
  #startOver(): void {
    const late = this.#surprises.slice(0, -1)
    this.#surprises = []
    this.#table.forget()
    this.#batches = 0
    this.#n = this.#x = this.#y = this.#xx = this.#xy = 0
    for (const { rows, ms } of late) this.#take(rows, ms)
  }

  #take(rows: number, ms: number): void {
    this.#batches++
    this.#fit(rows, ms)
    this.#table.learn(rows, ms)
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
}
