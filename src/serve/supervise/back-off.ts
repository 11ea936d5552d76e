const firstDelayMs = 100
/** A worker that was ready for this long was not in a crash loop. */
const healthyMs = 10_000

/** How long to wait before a dead worker is replaced: nearly at once, then ever longer in a crash loop. */
export class BackOff {
  readonly #mostDelayMs: number
  #failures = 0

  constructor(mostDelayMs = 10_000) {
    this.#mostDelayMs = mostDelayMs
  }

  get isLooping(): boolean {
    return this.#failures >= 3
  }

  /** `readyMs`: how long the worker was of use. The time that it took to start is no sign of health. */
  delayAfter(readyMs: number): number {
    if (readyMs >= healthyMs) this.#failures = 0
    const delayMs = Math.min(this.#mostDelayMs, firstDelayMs * 2 ** this.#failures)
    this.#failures++
    return delayMs
  }
}
