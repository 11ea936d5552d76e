const firstDelayMs = 100
const mostDelayMs = 10_000
/** A worker that lived this long was not in a crash loop. */
const healthyMs = 10_000

/** How long to wait before a dead worker is replaced: nearly at once, then ever longer in a crash loop. */
export class BackOff {
  #failures = 0

  get isLooping(): boolean {
    return this.#failures >= 3
  }

  delayAfter(livedMs: number): number {
    if (livedMs >= healthyMs) this.#failures = 0
    const delayMs = Math.min(mostDelayMs, firstDelayMs * 2 ** this.#failures)
    this.#failures++
    return delayMs
  }
}
