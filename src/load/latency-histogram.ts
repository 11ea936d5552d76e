// 128 steps in each doubling: no value is off by more than 0.8 %.
const steps = 128
const doublings = 32

/** Latencies as an HDR histogram keeps them: counts in buckets whose width grows with the value. Milliseconds. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(steps * doublings)
  #count = 0
  #sum = 0
  #max = 0

  get count(): number {
    return this.#count
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  get max(): number {
    return this.#max
  }

  record(ms: number): void {
    const at = bucketOf(Math.max(0, Math.round(ms * 1000)))
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#count++
    this.#sum += ms
    this.#max = Math.max(this.#max, ms)
  }

  /** The latency that `percent` of all did not exceed; 0 when there are none. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.#count))
    let seen = 0
    for (let at = 0; at < this.#counts.length; at++) {
      seen += this.#counts[at] ?? 0
      if (this.#count > 0 && seen >= wanted) return Math.min(upperBound(at) / 1000, this.#max)
    }
    return 0
  }

  /** How many lie in each of `parts` ranges between `low` and `high`, which grow by one factor. */
  spread(parts: number): { readonly upTo: number; readonly count: number }[] {
    const low = Math.max(0.001, this.percentile(0))
    const factor = Math.max(this.#max / low, 1.001) ** (1 / parts)
    const rows = Array.from({ length: parts }, (_, at) => ({
      upTo: low * factor ** (at + 1),
      count: 0,
    }))
    for (const [at, count] of this.#counts.entries()) {
      if (count === 0) continue
      const ms = Math.min(upperBound(at) / 1000, this.#max)
      const row = rows.find(({ upTo }) => ms <= upTo * 1.000_001) ?? rows.at(-1)
      if (row) row.count += count
    }
    return rows
  }
}

/** Microseconds to a bucket: exact below 256, then 128 to each doubling. */
function bucketOf(micros: number): number {
  const capped = Math.min(micros, 2 ** 31 - 1)
  const shift = Math.max(0, 24 - Math.clz32(capped))
  return shift * steps + (capped >> shift)
}

function upperBound(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / steps) - 1)
  return (bucket - shift * steps + 1) * 2 ** shift - 1
}
