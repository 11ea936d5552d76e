/** Milliseconds after a completion at which arrivals are counted, and for which a hold may last. */
export const grid = [0.03, 0.06, 0.12, 0.25, 0.5, 1, 2, 4, 8, 16] as const

const weight = 0.15

/**
 * How many rows usually arrive within t after a batch has ended: clients that wait for an answer before they send
 * again come back as a herd. Counted whether a batch was sent or not, so that it is not biased by our own choice.
 */
export class HerdProfile {
  readonly #expected = new Float64Array(grid.length)
  readonly #counts = new Float64Array(grid.length + 1)
  #perMs = 0
  #completedAt = -Infinity
  #seen = 0

  /** Rows that have arrived since the last completion. */
  get seen(): number {
    return this.#seen
  }

  /** Rows that arrive in a millisecond, on average. */
  get perMs(): number {
    return this.#perMs
  }

  sinceCompletion(now: number): number {
    return now - this.#completedAt
  }

  arrive(rows: number, now: number): void {
    this.#seen += rows
    const at = indexOf(now - this.#completedAt)
    this.#counts[at] = (this.#counts[at] ?? 0) + rows
  }

  complete(now: number): void {
    const interval = now - this.#completedAt
    if (interval > 0 && Number.isFinite(interval)) this.#learn(interval)
    this.#completedAt = now
    this.#seen = 0
    this.#counts.fill(0)
  }

  /** Rows expected within `ms` of a completion. */
  expected(ms: number): number {
    const last = grid.length - 1
    const end = grid[last] ?? 0
    if (ms >= end) return (this.#expected[last] ?? 0) + this.#perMs * Math.min(ms - end, 1e6)
    const at = indexOf(ms)
    const from = at === 0 ? 0 : (grid[at - 1] ?? 0)
    const low = at === 0 ? 0 : (this.#expected[at - 1] ?? 0)
    const share = (ms - from) / ((grid[at] ?? 0) - from)
    return low + share * ((this.#expected[at] ?? 0) - low)
  }

  #learn(interval: number): void {
    let within = 0
    let highest = 0
    for (let i = 0; i < grid.length; i++) {
      within += this.#counts[i] ?? 0
      const known = this.#expected[i] ?? 0
      const isPast = (grid[i] ?? 0) <= interval
      const next = isPast ? known + weight * (within - known) : known
      // More time never means fewer arrivals.
      highest = Math.max(highest, next)
      this.#expected[i] = highest
    }
    this.#perMs += weight * (this.#seen / interval - this.#perMs)
  }
}

/** The first grid point that is not before `ms`; the grid's length when all are. */
function indexOf(ms: number): number {
  let at = 0
  while (at < grid.length && (grid[at] ?? 0) < ms) at++
  return at
}
