import { rowBucketOf, rowBuckets } from '../batching/row-buckets.ts'

// What a run takes more than the quickest is believed slowly: most of that is somebody else's time.
const forgetting = 1.02

/**
 * What runs of a quick model take when nothing holds them up, in milliseconds. Not their mean: a thread that is put
 * aside for a moment says nothing of the model. For each power of two of rows the quickest time of a row, forgotten
 * slowly.
 */
export class QuickCost {
  readonly #perRow = new Float64Array(rowBuckets).fill(Infinity)

  learn(rows: number, ms: number): void {
    const at = rowBucketOf(rows)
    this.#perRow[at] = Math.min(ms / rows, (this.#perRow[at] ?? Infinity) * forgetting)
  }

  /** By the nearest size that was seen, a smaller one rather; Infinity as long as none was. */
  of(rows: number): number {
    const at = rowBucketOf(rows)
    for (let below = at; below >= 0; below--) if (this.#knows(below)) return this.#of(rows, below)
    for (let above = at; above < rowBuckets; above++) {
      if (this.#knows(above)) return this.#of(rows, above)
    }
    return Infinity
  }

  #knows(at: number): boolean {
    return this.#perRow[at] !== Infinity
  }

  #of(rows: number, at: number): number {
    return rows * (this.#perRow[at] ?? Infinity)
  }
}
