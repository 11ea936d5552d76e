const windowMs = 100
const calmMs = 1000

/**
 * Whether the queue stands instead of draining, after CoDel (Nichols and Jacobson, 2012): even the luckiest request of
 * a window waited too long, twice running. A standing queue only adds latency, so it is then kept to one batch a slot.
 */
export class Overload {
  #startedAt = 0
  #least = Infinity
  #bad = 0
  #calmSince = Infinity
  #isOn = false

  get isOn(): boolean {
    return this.#isOn
  }

  /** A batch was sent whose youngest request had waited so long. */
  sent(waitedMs: number, now: number, limitMs: number): void {
    this.#least = Math.min(this.#least, waitedMs)
    if (now - this.#startedAt >= windowMs) {
      this.#bad = this.#least > limitMs ? this.#bad + 1 : 0
      if (this.#bad >= 2) this.#isOn = true
      this.#startedAt = now
      this.#least = Infinity
    }
    if (waitedMs > limitMs / 2) this.#calmSince = Infinity
    else if (this.#calmSince === Infinity) this.#calmSince = now
    if (now - this.#calmSince >= calmMs) this.#isOn = false
  }

  /** Nothing waits at all. */
  empty(): void {
    this.#least = 0
  }

  /** Nothing waited or ran for so long: what is over is forgotten. */
  rested(ms: number): void {
    if (ms < calmMs) return
    this.#isOn = false
    this.#bad = 0
  }
}
