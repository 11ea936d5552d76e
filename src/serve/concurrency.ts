import { BentoError } from '../errors.ts'

/** This worker's share of `traffic.maxConcurrency`: the shares of all workers add up to it exactly. */
export function shareOf(maxConcurrency: number, workers: number, index: number): number {
  const share = Math.floor(maxConcurrency / workers)
  return index <= maxConcurrency % workers ? share + 1 : share
}

/** Admits at most so many requests at once. */
export class ConcurrencyGate {
  readonly #limit: number
  #inside = 0

  constructor(limit = Infinity) {
    this.#limit = limit
  }

  /** Throws CONCURRENCY when there is no room. */
  enter(): void {
    if (this.#inside >= this.#limit) {
      throw new BentoError('CONCURRENCY', 'Too many requests are under way', { retryAfter: 1 })
    }
    this.#inside++
  }

  leave(): void {
    this.#inside--
  }
}
