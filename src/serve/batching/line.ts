import { type Forecast, forecast, predictedLate, queueFull } from './admission.ts'
import type { BatcherOptions } from './batcher.ts'
import { capOf, training } from './cap.ts'
import { HerdProfile } from './herd-profile.ts'
import { holdOf } from './hold.ts'
import { JobQueue } from './job-queue.ts'
import type { BatchReason, Job, TakenSlice } from './job.ts'
import { Overload } from './overload.ts'
import { ServiceModel } from './service-model.ts'
import type { Tenant } from './slot-pool.ts'

const fillWeight = 0.1
// What is known of a batch's time may be wrong. One that is tried now and then keeps a wrong guess from standing.
const probeMs = 1000
const purgeMs = 5

export interface Batch<Input, Output, Context> {
  readonly slices: readonly TakenSlice<Input, Output, Context>[]
  readonly rows: number
  readonly reason: BatchReason
  readonly startedAt: number
  readonly predictedMs: number
  /** Time for which it was held while a slot was free. */
  readonly heldMs: number
}

/** Whoever runs the batches of a line. */
export interface LineOwner<Input, Output, Context> {
  readonly options: BatcherOptions<Input, Output, Context>
  readonly isDraining: boolean
  send(line: Line<Input, Output, Context>, batch: Batch<Input, Output, Context>): void
}

/** The requests of one batch key: their queue, what was learned of their batches, and when to send the next. */
export class Line<Input, Output, Context> implements Tenant {
  readonly model: ServiceModel
  readonly weight: number
  readonly #owner: LineOwner<Input, Output, Context>
  readonly #options: BatcherOptions<Input, Output, Context>
  readonly #queue: JobQueue<Input, Output, Context>
  readonly #profile = new HerdProfile()
  readonly #overload = new Overload()
  #fill = 1
  #endedAt = -Infinity
  #purgedAt = -Infinity
  #holdingSince: number | undefined
  #cancelHold: (() => void) | undefined
  #hasHoldExpired = false

  constructor(owner: LineOwner<Input, Output, Context>) {
    this.#owner = owner
    this.#options = owner.options
    this.model = new ServiceModel(owner.options.known)
    this.weight = owner.options.weight ?? 1
    this.#queue = new JobQueue(owner.options.maxBatchSize)
  }

  get rows(): number {
    return this.#queue.rows
  }

  get isEmpty(): boolean {
    return this.#queue.isEmpty
  }

  get isHolding(): boolean {
    return this.#holdingSince !== undefined
  }

  backlogMs(): number {
    const cap = this.#cap(0)
    return Math.ceil(this.#queue.rows / cap) * this.model.of(Math.min(cap, this.#queue.rows))
  }

  /** Throws QUEUE_FULL or PREDICTED_LATE. */
  push(job: Job<Input, Output, Context>): void {
    const now = job.arrivedAt
    this.#admit(job, now)
    this.#queue.push(job)
    this.#profile.arrive(job.rows, now)
    this.#options.pool.enlist(this)
  }

  dispatch(): number | undefined {
    const now = this.#options.clock.now()
    const runMs = this.#certainMs(now)
    this.#queue.dropDeadHead(now, runMs)
    const { first } = this.#queue
    if (first === undefined) return this.#rest()
    const cap = this.#cap(0)
    const fitting = this.#queue.fitting(cap)
    const rows = this.#inTime(fitting, first.deadline - now)
    const choice = this.#choose({ rows, fitting, cap, slackMs: first.deadline - now, now })
    if (choice === undefined) return undefined
    return this.#send(choice, now, runMs)
  }

  /** A batch of this line has ended. */
  ended(rows: number, ms: number, isGood: boolean): void {
    const now = this.#options.clock.now()
    if (isGood && rows > 0) this.model.learn(rows, ms)
    this.#endedAt = now
    this.#profile.complete(now)
  }

  /** A whole batch waits: the slot should not wait for the answers to be written. */
  get hasFullBatch(): boolean {
    return this.#queue.rows >= this.#cap(0)
  }

  #admit(job: Job<Input, Output, Context>, now: number): void {
    let error = this.#refusal(job, now)
    if (error !== undefined && now - this.#purgedAt >= purgeMs) {
      // Some who wait may have left, and then there is room after all.
      this.#purgedAt = now
      this.#queue.dropDead(now, this.#certainMs(now))
      error = this.#refusal(job, now)
    }
    if (error !== undefined) throw error
  }

  #refusal(job: Job<Input, Output, Context>, now: number): Error | undefined {
    const { pool, maxBatchSize, maxQueueSize, maxLatencyMs } = this.#options
    const queued = this.#queue.rows
    const standing = this.#overload.isOn ? pool.size * maxBatchSize : Infinity
    const limit = Math.min(maxQueueSize, standing)
    // A request that is larger than the whole queue may still run alone.
    if (queued > 0 && queued + job.rows > limit) return queueFull(queued, limit, this.backlogMs())
    if (this.#isIdle && (!job.input.isFirm || now - this.#endedAt > probeMs)) return undefined
    const { waitMs, totalMs } = this.#forecast(job.rows, now)
    if (waitMs > maxLatencyMs) return predictedLate(totalMs, waitMs - maxLatencyMs)
    const lateMs = now + totalMs - job.deadline
    return lateMs > 0 ? predictedLate(totalMs, lateMs) : undefined
  }

  get #isIdle(): boolean {
    return this.#queue.isEmpty && this.#options.pool.free > 0
  }

  #forecast(rows: number, now: number): Forecast {
    const { pool } = this.#options
    const { model } = this
    const cap = this.#cap(rows)
    const queued = this.#queue.rows
    const own = forecast({ model, queued, rows, cap, residuals: pool.residuals(now) })
    const othersMs = pool.othersMs(this, own.waitMs + model.of(Math.min(cap, queued + rows)))
    return { waitMs: own.waitMs + othersMs, totalMs: own.totalMs + othersMs }
  }

  #cap(arriving: number): number {
    const { maxBatchSize, pool, timeoutMs, adaptive = true } = this.#options
    if (!adaptive) return maxBatchSize
    return capOf({
      model: this.model,
      maxBatchSize,
      slots: pool.size,
      rows: this.#queue.rows + arriving,
      timeoutMs,
      isOverloaded: this.#overload.isOn,
    })
  }

  /** The least time that a run takes, as far as it is certain enough to drop a request for it. */
  #certainMs(now: number): number {
    const isKnown = this.model.batches >= training && now - this.#endedAt <= probeMs
    return isKnown ? this.model.of(1) : 0
  }

  /** As many rows as can be answered within the earliest deadline. */
  #inTime(rows: number, slackMs: number): number {
    let fewer = rows
    while (fewer > 1 && this.model.pessimistic(fewer) > slackMs) fewer = Math.ceil(fewer / 2)
    return fewer
  }

  #choose({ rows, fitting, cap, slackMs, now }: Choice): Chosen | undefined {
    const { maxBatchSize } = this.#options
    if (rows < fitting) return { rows, reason: 'deadline' }
    if (rows >= maxBatchSize) return { rows, reason: 'full' }
    // What is left does not fit any more: waiting would gain nothing.
    if (rows >= cap || rows < this.#queue.rows) return { rows, reason: 'knee' }
    if (this.#owner.isDraining) return { rows, reason: 'drain' }
    if (this.#holds({ rows, cap, slackMs, now })) return undefined
    return { rows: this.#part(rows), reason: this.#reason() }
  }

  #reason(): BatchReason {
    if (this.#hasHoldExpired) return 'hold-expired'
    return this.#holdingSince === undefined ? 'idle' : 'herd'
  }

  #holds({ rows, cap, slackMs, now }: Omit<Choice, 'fitting'>): boolean {
    const { pool, clock } = this.#options
    if (!this.#mayHold) return false
    const waitMs = holdOf({
      model: this.model,
      profile: this.#profile,
      now,
      rows,
      cap,
      isLastSlot: pool.free === 1,
      heldMs: now - (this.#holdingSince ?? now),
      slackMs: slackMs - this.model.pessimistic(rows),
      fill: this.#fill,
    })
    this.#cancelHold?.()
    this.#cancelHold = undefined
    if (waitMs === 0) return false
    this.#holdingSince ??= now
    this.#cancelHold = clock.precisely(waitMs, () => {
      this.#hasHoldExpired = true
      pool.pump()
    })
    return true
  }

  get #mayHold(): boolean {
    const { hold = true, adaptive = true, pool } = this.#options
    if (pool.isContended) return false
    return hold && adaptive && !this.#hasHoldExpired && this.model.batches >= training
  }

  /** Several free slots share the rows when each part outweighs a launch. */
  #part(rows: number): number {
    const { adaptive = true, pool } = this.#options
    const { free } = pool
    const { model } = this
    if (!adaptive || free === 1 || model.batches < training) return rows
    const parts = Math.floor((model.perRowMs * rows) / model.launchMs)
    return Math.ceil(rows / Math.min(free, Math.max(1, parts)))
  }

  #send(chosen: Chosen, now: number, runMs: number): number | undefined {
    const { maxBatchSize, pool, timeoutMs } = this.#options
    const slices = this.#queue.take(Math.max(1, chosen.rows), now, runMs)
    const last = slices.at(-1)
    if (last === undefined) return this.#rest()
    const rows = slices.reduce((sum, slice) => sum + slice.to - slice.from, 0)
    const heldMs = now - (this.#holdingSince ?? now)
    this.#endHold()
    this.#fill += fillWeight * (rows / Math.min(maxBatchSize, this.#cap(rows)) - this.#fill)
    const limitMs = Math.max(2 * this.model.of(1), 0.1 * timeoutMs)
    this.#overload.sent(now - last.job.arrivedAt, now, limitMs)
    const predictedMs = this.model.of(rows)
    if (this.#queue.isEmpty) this.#rest()
    else pool.enlist(this)
    this.#owner.send(this, {
      slices,
      rows,
      reason: chosen.reason,
      startedAt: now,
      predictedMs,
      heldMs,
    })
    return predictedMs
  }

  #endHold(): void {
    this.#cancelHold?.()
    this.#cancelHold = undefined
    this.#holdingSince = undefined
    this.#hasHoldExpired = false
  }

  #rest(): undefined {
    this.#endHold()
    this.#overload.empty()
    this.#options.pool.leave(this)
  }
}

interface Choice {
  readonly rows: number
  /** Rows that would fit, were there time. */
  readonly fitting: number
  readonly cap: number
  /** Until the earliest deadline. */
  readonly slackMs: number
  readonly now: number
}

interface Chosen {
  readonly rows: number
  readonly reason: BatchReason
}
