import { BentoError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { expired, type JobTiming } from '../batching/job.ts'
import { predictedLate, queueFull, toleratedMs, waitedTooLong } from '../batching/refusals.ts'
import { GradientLimit } from './gradient-limit.ts'

export interface CallQueueOptions {
  /** Calls that may wait for their turn. */
  readonly maxQueueSize: number
  /** Bound on the wait before a call begins. */
  readonly maxLatencyMs: number
  readonly clock: Clock
}

export interface Call<Output> {
  readonly run: () => Output | Promise<Output>
  /** Clock time after which the answer is worthless; Infinity for none. */
  readonly deadline: number
  /** Asked when the call's turn comes: true when nobody waits for the answer any more. */
  readonly isGone: () => boolean
  readonly timing?: JobTiming | undefined
}

interface Running {
  readonly call: Pick<Call<unknown>, 'deadline' | 'timing'>
  readonly startedAt: number
  /** Calls under way when it began, itself included. */
  readonly atOnce: number
}

interface Waiting<Output> {
  readonly call: Call<Output>
  readonly arrivedAt: number
  readonly resolve: (output: Output | Promise<Output>) => void
  readonly reject: (error: unknown) => void
}

/**
 * The calls of a method that is not batched. As many run at once as the limit has learned to be good; the rest wait in
 * the order in which they came, and who would wait too long hears so at once.
 */
export class CallQueue<Output> {
  readonly limit = new GradientLimit()
  readonly #options: CallQueueOptions
  readonly #running = new Set<Running>()
  #waiting: Waiting<Output>[] = []
  #head = 0
  #cancelWatch: (() => void) | undefined

  constructor(options: CallQueueOptions) {
    this.#options = options
  }

  /** Calls that wait. */
  get queued(): number {
    return this.#waiting.length - this.#head
  }

  get underWay(): number {
    return this.#running.size
  }

  /**
   * Rejects at once with QUEUE_FULL or PREDICTED_LATE; later with EXPIRED when the deadline passes first, with CANCELLED
   * when the client has left. A promise only where the call gives one, or has to wait.
   */
  submit(call: Call<Output>): Output | Promise<Output> {
    const now = this.#options.clock.now()
    if (this.#isFull) this.#forgetLate(now)
    if (!this.#isFull && this.queued === 0) return this.#start(call, now, now)
    this.#admit(call, now)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, arrivedAt: now, resolve, reject })
      this.#watch()
    })
  }

  #admit({ deadline }: Call<Output>, now: number): void {
    const { maxQueueSize, maxLatencyMs } = this.#options
    const { usualMs, value } = this.limit
    const waitMs = (usualMs * (this.queued + 1)) / value
    if (this.queued >= maxQueueSize) throw queueFull(this.queued, maxQueueSize, waitMs)
    const totalMs = waitMs + usualMs
    const lateMs = Math.max(now + totalMs - deadline, waitMs - maxLatencyMs)
    if (lateMs > 0) throw predictedLate(totalMs, lateMs)
  }

  #start(call: Call<Output>, arrivedAt: number, now: number): Output | Promise<Output> {
    if (call.timing) call.timing.queuedMs = now - arrivedAt
    const running = { call, startedAt: now, atOnce: this.#running.size + 1 }
    this.#running.add(running)
    let output: Output | Promise<Output>
    try {
      output = call.run()
    } catch (error) {
      this.#end(running)
      throw error
    }
    if (!(output instanceof Promise)) {
      this.#end(running)
      return output
    }
    return output.finally(() => this.#end(running))
  }

  #end(running: Running): void {
    const { call, startedAt, atOnce } = running
    const ms = this.#options.clock.now() - startedAt
    if (call.timing) call.timing.runMs = ms
    this.limit.ended(ms, atOnce)
    this.#running.delete(running)
    if (this.queued > 0) this.#next()
  }

  /** A call that is past its deadline has been answered: should it never end, it must not keep its place for ever. */
  #forgetLate(now: number): void {
    for (const running of this.#running) {
      if (running.call.deadline <= now) this.#running.delete(running)
    }
    this.#next()
  }

  #next(): void {
    while (!this.#isFull) {
      const waiting = this.#waiting[this.#head]
      if (waiting === undefined) return this.#rest()
      this.#head++
      this.#compact()
      this.#startWaiting(waiting)
    }
  }

  #startWaiting({ call, arrivedAt, resolve, reject }: Waiting<Output>): void {
    const now = this.#options.clock.now()
    if (now >= call.deadline) return reject(expired())
    if (call.isGone()) return reject(new BentoError('CANCELLED', 'The client has left'))
    try {
      resolve(this.#start(call, arrivedAt, now))
    } catch (error) {
      reject(error)
    }
  }

  /** Has those end their wait in time whom nobody could foresee to wait so long. */
  #watch(): void {
    const first = this.#waiting[this.#head]
    if (this.#cancelWatch !== undefined || first === undefined) return
    const endsAt = this.#endOfWait(first)
    // The deadline ends it before, or at the same time.
    if (endsAt >= first.call.deadline) return
    const leftMs = endsAt - this.#options.clock.now()
    this.#cancelWatch = this.#options.clock.after(leftMs + 1, () => {
      this.#cancelWatch = undefined
      this.#endWaits()
      this.#watch()
    })
  }

  #endWaits(): void {
    const now = this.#options.clock.now()
    for (;;) {
      const first = this.#waiting[this.#head]
      if (first === undefined || now <= this.#endOfWait(first)) return
      this.#head++
      this.#compact()
      first.reject(waitedTooLong(now - first.arrivedAt, this.#options.maxLatencyMs))
    }
  }

  #endOfWait({ arrivedAt }: Waiting<Output>): number {
    return arrivedAt + this.#options.maxLatencyMs + toleratedMs
  }

  #rest(): void {
    this.#cancelWatch?.()
    this.#cancelWatch = undefined
  }

  get #isFull(): boolean {
    return this.#running.size >= this.limit.value
  }

  // Moving all that wait at every call would cost more than the call.
  #compact(): void {
    if (this.#head < this.#waiting.length && this.#head <= 256) return
    this.#waiting = this.#waiting.slice(this.#head)
    this.#head = 0
  }
}
