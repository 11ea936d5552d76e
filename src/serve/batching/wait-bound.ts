import type { Clock } from '../../lib/clock.ts'
import type { JobQueue } from './job-queue.ts'

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
    if (this.#cancel === undefined) this.#at(this.#clock.now() + this.#maxMs)
  }

  /** Nobody waits. */
  rest(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #at(time: number): void {
    this.#cancel = this.#clock.after(time - this.#clock.now() + 1, () => this.#drop())
  }

  #drop(): void {
    this.#cancel = undefined
    this.#queue.dropDead(this.#clock.now(), 0)
    let next = Infinity
    for (const { startBy } of this.#queue.jobs()) next = Math.min(next, startBy)
    if (next < Infinity) this.#at(next)
  }
}
