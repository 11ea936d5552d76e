import { type Forecast, forecast } from './forecast.ts'
import type { Job } from './job.ts'
import type { LineState } from './line-state.ts'
import { predictedLate, queueFull } from './refusals.ts'
import type { Tenant } from './slot-pool.ts'

const purgeMs = 5

/** Who lets requests into a line: the line as its pool sees it, and the rows that wait in all lines beside it. */
interface Door extends Tenant {
  readonly queuedRows: number
}

/** Decides on each request of a line when it comes, by when it would start and end. */
export class Admission<Input, Output, Context> {
  readonly #state: LineState<Input, Output, Context>
  readonly #door: Door
  #purgedAt = -Infinity

  constructor(state: LineState<Input, Output, Context>, door: Door) {
    this.#state = state
    this.#door = door
  }

  /** Throws QUEUE_FULL or PREDICTED_LATE. */
  admit(job: Job<Input, Output, Context>, now: number): void {
    const { isIdle, overload, endedAt, queue } = this.#state
    if (isIdle) {
      overload.rested(now - endedAt)
      // An idle server never refuses, but for a deadline of the client's own, and then only if it is sure.
      if (!job.input.isFirm || !this.#state.isCertain(now)) return job.runAnyway()
    }
    let error = this.#refusal(job, now)
    if (error !== undefined && now - this.#purgedAt >= purgeMs) {
      // Some who wait may have left, and then there is room after all.
      this.#purgedAt = now
      queue.dropDead(now, this.#state.certainMs(now))
      error = this.#refusal(job, now)
    }
    if (error !== undefined) throw error
  }

  #refusal(job: Job<Input, Output, Context>, now: number): Error | undefined {
    const full = this.#fullFor(job.rows)
    if (full !== undefined) return full
    const { maxLatencyMs, timeoutMs } = this.#state.options
    const { waitMs, totalMs } = this.#forecast(job.rows, now)
    const lateMs = Math.max(waitMs - maxLatencyMs, now + totalMs - job.deadline)
    // After that time there is nobody left of those who wait now.
    return lateMs > 0 ? predictedLate(totalMs, Math.min(lateMs, timeoutMs)) : undefined
  }

  /** A request that is larger than the whole queue may still run alone. */
  #fullFor(rows: number): Error | undefined {
    const { options, queue, overload } = this.#state
    const { pool, maxQueueSize } = options
    const all = this.#door.queuedRows
    if (all > 0 && all + rows > maxQueueSize) return queueFull(all, maxQueueSize, this.#drainMs())
    if (!overload.isOn || queue.rows === 0) return undefined
    const standing = pool.size * this.#state.cap(0)
    if (queue.rows + rows <= standing) return undefined
    return queueFull(queue.rows, standing, this.#drainMs())
  }

  #drainMs(): number {
    return Math.min(this.#state.backlogMs(), this.#state.options.timeoutMs)
  }

  #forecast(rows: number, now: number): Forecast {
    const { model, queue, profile, options } = this.#state
    const { pool } = options
    const cap = this.#state.cap(rows)
    const queued = queue.rows
    const own = forecast({
      model,
      queued,
      rows,
      cap,
      residuals: pool.residuals(now),
      perMs: profile.perMs,
    })
    const ownMs = own.waitMs + model.of(Math.min(cap, queued + rows))
    const othersMs = pool.othersMs(this.#door, ownMs)
    return { waitMs: own.waitMs + othersMs, totalMs: own.totalMs + othersMs }
  }
}
