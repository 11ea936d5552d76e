import type { BatcherOptions } from './batcher.ts'
import { capOf, training } from './cap.ts'
import { HerdProfile } from './herd-profile.ts'
import { JobQueue } from './job-queue.ts'
import { Overload } from './overload.ts'
import { ServiceModel } from './service-model.ts'

// What is known of a batch's time may be wrong. One that is tried now and then keeps a wrong guess from standing.
const probeMs = 1000

/** What waits of one batch key, and what was learned of its batches. */
export class LineState<Input, Output, Context> {
  readonly options: BatcherOptions<Input, Output, Context>
  readonly model: ServiceModel
  readonly queue: JobQueue<Input, Output, Context>
  readonly profile = new HerdProfile()
  readonly overload = new Overload()
  #endedAt = -Infinity

  constructor(options: BatcherOptions<Input, Output, Context>) {
    this.options = options
    this.model = new ServiceModel(options.known)
    this.queue = new JobQueue(options.maxBatchSize)
  }

  /** Nothing waits, and a request would start at once. */
  get isIdle(): boolean {
    return this.queue.isEmpty && this.options.pool.free > 0
  }

  /** When the last batch ended. */
  get endedAt(): number {
    return this.#endedAt
  }

  ended(rows: number, ms: number, isGood: boolean): void {
    const { clock, timeoutMs } = this.options
    const now = clock.now()
    // Beyond what anybody waits for it is all the same; and a machine that was put to sleep counts that as well.
    if (isGood && rows > 0) this.model.learn(rows, Math.min(ms, 2 * timeoutMs))
    this.#endedAt = now
    this.profile.complete(now)
  }

  /** Rows of the largest batch that is worth its while, with so many more than wait already. */
  cap(arriving: number): number {
    const { maxBatchSize, pool, timeoutMs, adaptive = true } = this.options
    if (!adaptive) return maxBatchSize
    return capOf({
      model: this.model,
      maxBatchSize,
      slots: pool.size,
      rows: this.queue.rows + arriving,
      timeoutMs,
      isOverloaded: this.overload.isOn,
    })
  }

  /** The least time that a run takes, as far as it is certain enough to drop a request for it. */
  certainMs(now: number): number {
    return this.model.batches >= training && this.isCertain(now) ? this.model.of(1) : 0
  }

  /** What is known of batches is fresh, and the last one did not speak against it. */
  isCertain(now: number): boolean {
    return now - this.#endedAt <= probeMs && !this.model.isInDoubt
  }

  /** Predicted time of all that waits. */
  backlogMs(): number {
    const cap = this.cap(0)
    return Math.ceil(this.queue.rows / cap) * this.model.of(Math.min(cap, this.queue.rows))
  }
}
