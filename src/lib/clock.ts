/** Time as an argument, so that tests own it. Milliseconds; `now` is monotonic. */
export interface Clock {
  now(): number
  /** Runs `callback` once after `delayMs`; the returned function takes it back. */
  after(delayMs: number, callback: () => void): () => void
  /** Runs `callback` at the end of this turn of the event loop, after the I/O that is already there. */
  defer(callback: () => void): void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  defer: (callback) => void setImmediate(callback),
}
