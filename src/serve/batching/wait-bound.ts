import type { Clock } from '../../lib/clock.ts'
import type { JobQueue } from './job-queue.ts'
import { toleranceMs } from './job.ts'

/**
 * Drops those who have waited too long when they have: what nobody foresaw, such as a first batch that takes its time,
 * must not keep them until it ends. One timer for all of a queue.
 */
export class WaitBound<Input, Output, Context> {
  readonly #clock: Clock
  readonly #queue: JobQueue<Input, Output, Context>
  readonly #maxMs: number
  #cancel: (() => void) | undefined

  constructor(clock: Clock, queue: JobQueue<Input, Output, Context>, maxMs: number) {
    this.#clock = clock
    this.#queue = queue
    this.#maxMs = maxMs
  }

  /** Somebody waits. */
  watch(): void {
    if (this.#cancel === undefined) this.#after(this.#maxMs)
  }

  /** Nobody waits. */
  rest(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #after(ms: number): void {
    this.#cancel = this.#clock.after(ms + toleranceMs + 1, () => this.#drop())
  }

  #drop(): void {
    this.#cancel = undefined
    const now = this.#clock.now()
    this.#queue.dropDead(now, 0)
    let oldest = Infinity
    for (const { arrivedAt } of this.#queue.jobs()) oldest = Math.min(oldest, arrivedAt)
    if (oldest < Infinity) this.#after(Math.max(0, oldest + this.#maxMs - now))
  }
}
