import type { Clock } from '../../src/lib/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that only moves when told to. */
export interface FakeClock extends Clock {
  /** Moves time on, running what is due in order; the promises that settle meanwhile get their turn. */
  advance(ms: number): Promise<void>
}

export function fakeClock(): FakeClock {
  let time = 0
  let order = 0
  const timers = new Set<Timer>()

  const schedule = (at: number, callback: () => void): (() => void) => {
    const timer = { at, order: order++, callback }
    timers.add(timer)
    return () => timers.delete(timer)
  }
  const nextBefore = (limit: number): Timer | undefined => {
    const due = [...timers].filter((timer) => timer.at <= limit)
    return due.toSorted((a, b) => a.at - b.at || a.order - b.order)[0]
  }

  return {
    now: () => time,
    after: (delayMs, callback) => schedule(time + delayMs, callback),
    precisely: (delayMs, callback) => schedule(time + delayMs, callback),
    defer: (callback) => void schedule(time, callback),
    async advance(ms) {
      const limit = time + ms
      await settle()
      for (let timer = nextBefore(limit); timer; timer = nextBefore(limit)) {
        timers.delete(timer)
        time = timer.at
        timer.callback()
        await settle()
      }
      time = limit
    },
  }
}

/** Lets every promise that can settle do so: a real turn of the event loop runs all microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
