import { Admission } from './admission.ts'
import type { BatcherOptions } from './batcher.ts'
import { training } from './cap.ts'
import { holdOf } from './hold.ts'
import type { BatchReason, Job, TakenSlice } from './job.ts'
import { LineState } from './line-state.ts'
import type { ServiceModel } from './service-model.ts'
import type { Tenant } from './slot-pool.ts'
import { tightHeads } from './tight-heads.ts'
import { WaitBound } from './wait-bound.ts'

const fillWeight = 0.1

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
  /** Of all its lines. */
  readonly queuedRows: number
  /** Nothing waits in one of its lines any more: it was sent, or nobody waits for it. */
  rested(): void
  send(line: Line<Input, Output, Context>, batch: Batch<Input, Output, Context>): void
}

/** The requests of one batch key: lets them in, and decides when to send the next batch. */
export class Line<Input, Output, Context> implements Tenant {
  readonly weight: number
  readonly #owner: LineOwner<Input, Output, Context>
  readonly #options: BatcherOptions<Input, Output, Context>
  readonly #state: LineState<Input, Output, Context>
  readonly #admission: Admission<Input, Output, Context>
  readonly #waitBound: WaitBound<Input, Output, Context> | undefined
  #fill = 1
  #usedAt = -Infinity
  #holdingSince: number | undefined
  #cancelHold: (() => void) | undefined
  #hasHoldExpired = false

  constructor(owner: LineOwner<Input, Output, Context>) {
    this.#owner = owner
    this.#options = owner.options
    this.#state = new LineState(owner.options)
    this.#admission = new Admission(this.#state, this)
    const { clock, maxLatencyMs, timeoutMs } = owner.options
    // Beyond the whole time of a request it bounds nothing.
    if (maxLatencyMs < timeoutMs) {
      this.#waitBound = new WaitBound(clock, this.#state.queue, maxLatencyMs)
    }
    this.weight = owner.options.weight ?? 1
  }

  get model(): ServiceModel {
    return this.#state.model
  }

  /** Rows that wait, here and in the lines beside. */
  get queuedRows(): number {
    return this.#owner.queuedRows
  }

  get rows(): number {
    return this.#state.queue.rows
  }

  get isEmpty(): boolean {
    return this.#state.queue.isEmpty
  }

  /** When a request came last. */
  get usedAt(): number {
    return this.#usedAt
  }

  get isHolding(): boolean {
    return this.#holdingSince !== undefined
  }

  backlogMs(): number {
    return this.#state.backlogMs()
  }

  /** Throws QUEUE_FULL or PREDICTED_LATE. */
  push(job: Job<Input, Output, Context>): void {
    const now = job.arrivedAt
    this.#usedAt = now
    this.#admission.admit(job, now)
    this.#state.queue.push(job)
    this.#state.profile.arrive(job.rows, now)
    this.#waitBound?.watch()
    this.#options.pool.enlist(this)
  }

  dispatch(): number | undefined {
    const now = this.#options.clock.now()
    const runMs = this.#state.certainMs(now)
    this.#state.queue.dropDeadHead(now, runMs)
    const { first } = this.#state.queue
    if (first === undefined) return this.#rest()
    const cap = this.#state.cap(0)
    const fitting = this.#state.queue.fitting(cap)
    const slackMs = first.deadline - now
    const rows = this.#inTime(fitting, slackMs)
    if (rows < fitting && this.#shed(rows, cap, now)) return this.dispatch()
    const choice = this.#choose({ rows, fitting, cap, slackMs, now })
    if (choice === undefined) return undefined
    return this.#send(choice, now, runMs)
  }

  /** A batch of this line has ended. */
  ended(rows: number, ms: number, isGood: boolean): void {
    this.#state.ended(rows, ms, isGood)
  }

  /** A whole batch waits: the slot should not wait for the answers to be written. */
  get hasFullBatch(): boolean {
    return this.#state.queue.rows >= this.#state.cap(0)
  }

  /** As many rows as can be answered within the earliest deadline. */
  #inTime(rows: number, slackMs: number): number {
    let fewer = rows
    while (fewer > 1 && this.model.pessimistic(fewer) > slackMs) fewer = Math.floor(0.8 * fewer)
    return fewer
  }

  /** Gives up those at the head for whom too many others would come too late; true when it did. */
  #shed(inTime: number, cap: number, now: number): boolean {
    const { model } = this
    const [, otherMs = Infinity] = this.#options.pool.residuals(now)
    const nextMs = Math.min(otherMs, model.of(inTime))
    const { rows: queued } = this.#state.queue
    const jobs = this.#state.queue.jobs()
    const heads = tightHeads({ model, jobs, queued, cap, now, inTime, nextMs })
    this.#state.queue.expireHeads(heads)
    return heads > 0
  }

  #choose({ rows, fitting, cap, slackMs, now }: Choice): Chosen | undefined {
    const { maxBatchSize } = this.#options
    if (rows < fitting) return { rows, reason: 'deadline' }
    if (rows >= maxBatchSize) return { rows, reason: 'full' }
    // What is left does not fit any more: waiting would gain nothing.
    if (rows >= cap || rows < this.#state.queue.rows) return { rows, reason: 'knee' }
    if (this.#owner.isDraining) return { rows, reason: 'drain' }
    if (this.#holds({ rows, cap, slackMs, now })) return undefined
    return { rows: this.#part(rows), reason: this.#reason() }
  }

  #reason(): BatchReason {
    if (this.#hasHoldExpired) return 'hold-expired'
    return this.#holdingSince === undefined ? 'idle' : 'herd'
  }

  #holds({ rows, cap, slackMs, now }: Omit<Choice, 'fitting'>): boolean {
    const { pool, clock, maxLatencyMs } = this.#options
    if (!this.#mayHold) return false
    const waitedMs = now - (this.#state.queue.first?.arrivedAt ?? now)
    const waitMs = holdOf({
      model: this.model,
      profile: this.#state.profile,
      now,
      rows,
      cap,
      isLastSlot: pool.free === 1,
      heldMs: now - (this.#holdingSince ?? now),
      slackMs: Math.min(slackMs - this.model.pessimistic(rows), maxLatencyMs - waitedMs),
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
    if (!adaptive || free === 1 || rows < 2 || model.batches < training) return rows
    const parts = Math.floor((model.perRowMs * rows) / model.launchMs)
    return Math.ceil(rows / Math.min(free, Math.max(1, parts)))
  }

  #send(chosen: Chosen, now: number, runMs: number): number | undefined {
    const { maxBatchSize, pool, timeoutMs } = this.#options
    const slices = this.#state.queue.take(Math.max(1, chosen.rows), now, runMs)
    const last = slices.at(-1)
    if (last === undefined) return this.#rest()
    const rows = slices.reduce((sum, slice) => sum + slice.to - slice.from, 0)
    const heldMs = now - (this.#holdingSince ?? now)
    this.#endHold()
    this.#fill += fillWeight * (rows / Math.min(maxBatchSize, this.#state.cap(rows)) - this.#fill)
    const limitMs = Math.max(2 * this.model.of(1), 0.1 * timeoutMs)
    this.#state.overload.sent(now - last.job.arrivedAt, now, limitMs)
    const predictedMs = this.model.of(rows)
    const { reason } = chosen
    this.#owner.send(this, { slices, rows, reason, startedAt: now, predictedMs, heldMs })
    if (this.#state.queue.isEmpty) this.#rest()
    else pool.enlist(this)
    return predictedMs
  }

  #endHold(): void {
    this.#cancelHold?.()
    this.#cancelHold = undefined
    this.#holdingSince = undefined
    this.#hasHoldExpired = false
  }

  #rest(): undefined {
    this.#waitBound?.rest()
    this.#endHold()
    this.#state.overload.empty()
    this.#options.pool.leave(this)
    this.#owner.rested()
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
