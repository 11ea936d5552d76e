const startsAt = 32
const least = 4
const most = 10_000
/** Calls whose times make one sample: a single one says little. */
const windowCalls = 10
/** Calls more than what seems right: without them nobody would find out that more would do. */
const headroom = 4
const smoothing = 0.2
/** Samples over which the usual time is averaged. */
const usualSamples = 60
/** A call may take so many times its usual time before fewer are let in. */
const tolerance = 1.5

/**
 * How many calls of a method may be under way at once, learned from how long they take: while more calls at once take
 * no longer, more are let in; when they begin to wait for each other, fewer. Gradient2 of Netflix's concurrency-limits
 * (2018).
 */
export class GradientLimit {
  #limit = startsAt
  #usualMs = 0
  #samples = 0
  #calls = 0
  #sumMs = 0
  #peak = 0

  /** Calls at once, a whole number above 0. */
  get value(): number {
    return Math.floor(this.#limit)
  }

  /** Milliseconds that a call usually takes; 0 before anything is known. */
  get usualMs(): number {
    return this.#usualMs
  }

  /** A call took so long, and so many were under way when it began, itself included. */
  ended(ms: number, atOnce: number): void {
    this.#calls++
    this.#sumMs += ms
    this.#peak = Math.max(this.#peak, atOnce)
    if (this.#calls < windowCalls) return
    this.#sample(this.#sumMs / this.#calls, this.#peak)
    this.#calls = 0
    this.#sumMs = 0
    this.#peak = 0
  }

  #sample(ms: number, peak: number): void {
    this.#samples = Math.min(this.#samples + 1, usualSamples)
    this.#usualMs += (ms - this.#usualMs) / this.#samples
    // After an overload the usual time would take long to come down by itself.
    if (this.#usualMs > 2 * ms) this.#usualMs *= 0.95
    // Who is not asked for more learns nothing about more.
    if (peak < this.#limit / 2) return
    const gradient = ms > 0 ? (tolerance * this.#usualMs) / ms : 1
    const next = this.#limit * Math.min(1, Math.max(0.5, gradient)) + headroom
    this.#limit += smoothing * (next - this.#limit)
    this.#limit = Math.min(most, Math.max(least, this.#limit))
  }
}
