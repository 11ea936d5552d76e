/** Time as an argument, so that tests own it. Milliseconds; `now` is monotonic. */
export interface Clock {
  now(): number
  /** Runs `callback` once after `delayMs`; the returned function takes it back. */
  after(delayMs: number, callback: () => void): () => void
  /** As `after`, to a fraction of a millisecond; for waits of a few. */
  precisely(delayMs: number, callback: () => void): () => void
  /** Runs `callback` at the end of this turn of the event loop, after the I/O that is already there. */
  defer(callback: () => void): void
}

/** Twenty-four days. A timer of Node's that is to run for longer fires at once. */
export const longestDelayMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, longestDelayMs))
    return () => clearTimeout(timer)
  },
  precisely: waitPrecisely,
  defer: (callback) => void setImmediate(callback),
}

/** Node's timers count in whole milliseconds: the rest is spent in turns of the event loop, which goes on working. */
function waitPrecisely(delayMs: number, callback: () => void): () => void {
  const endsAt = performance.now() + delayMs
  let isCancelled = false
  const turn = (): void => {
    if (isCancelled) return
    if (performance.now() >= endsAt) callback()
    else setImmediate(turn)
  }
  const whole = Math.floor(delayMs)
  const timer = whole > 0 ? setTimeout(turn, whole) : undefined
  if (timer === undefined) setImmediate(turn)
  return () => {
    isCancelled = true
    clearTimeout(timer)
  }
}
