import { BentoError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { JobQueue } from './job-queue.ts'
import { Job, type JobInput, type Slice, type TakenSlice } from './job.ts'
import { ServiceTime } from './service-time.ts'

/** Why a batch was sent: it had no room left, nobody else was there, or the server is closing. */
export type BatchReason = 'full' | 'idle' | 'drain'

export interface BatchReport {
  readonly rows: number
  readonly requests: number
  readonly reason: BatchReason
  readonly durationMs: number
}

export interface BatcherOptions<Input, Output, Context> {
  /** Rows, never exceeded: a larger request is cut into several batches. */
  readonly maxBatchSize: number
  /** Bound on the wait before a request's batch starts; not on the run itself. */
  readonly maxLatencyMs: number
  /** Batches under way at once. */
  readonly slots: number
  readonly clock: Clock
  /** Runs one batch; answers one output for each slice, in order. */
  readonly run: (slices: readonly Slice<Input, Context>[]) => Promise<readonly Output[]>
  /** Puts the outputs of one request's slices together again. */
  readonly join: (outputs: readonly Output[]) => Output
  readonly onBatch?: (report: BatchReport) => void
}

/**
 * Late binding: a batch is formed only when a slot is free, from what is queued then, oldest first.
 * Nothing waits for a timer, so an idle server adds no latency; under load batches fill by themselves.
 */
export class Batcher<Input, Output, Context = undefined> {
  readonly #options: BatcherOptions<Input, Output, Context>
  readonly #queue: JobQueue<Input, Output, Context>
  readonly #time = new ServiceTime()
  #busy = 0
  #isPumping = false
  #isDraining = false
  readonly #whenIdle: (() => void)[] = []

  constructor(options: BatcherOptions<Input, Output, Context>) {
    this.#options = options
    this.#queue = new JobQueue(options.maxBatchSize)
  }

  /** Rows that wait. */
  get queuedRows(): number {
    return this.#queue.rows
  }

  /** Throws PREDICTED_LATE at once when the wait would break its bound, EXPIRED when the deadline passes first. */
  submit(input: JobInput<Input, Context>): Promise<Output> {
    const waitMs = this.#predictedWaitMs()
    if (waitMs > this.#options.maxLatencyMs) return Promise.reject(tooLate(waitMs))
    return new Promise((resolve, reject) => {
      const { join } = this.#options
      this.#queue.push(new Job({ ...input, join, resolve, reject }))
      this.#pumpSoon()
    })
  }

  /** Runs what is queued, and resolves when nothing is left. */
  async drain(): Promise<void> {
    this.#isDraining = true
    if (this.#busy === 0 && this.#queue.isEmpty) return
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  /** An idle batcher predicts no wait, so that it never refuses. */
  #predictedWaitMs(): number {
    const { slots, maxBatchSize } = this.#options
    if (this.#busy < slots) return 0
    const batchesAhead = this.#queue.rows / maxBatchSize + this.#busy
    return (batchesAhead / slots - 1) * this.#time.perBatchMs
  }

  // Requests that arrive in one turn of the event loop travel together.
  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    this.#options.clock.defer(() => {
      this.#isPumping = false
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#busy < this.#options.slots) {
      this.#queue.dropDead(this.#options.clock.now())
      const slices = this.#queue.take()
      if (slices.length === 0) break
      void this.#send(slices)
    }
    if (this.#busy === 0 && this.#queue.isEmpty) this.#settleIdle()
  }

  async #send(slices: readonly TakenSlice<Input, Output, Context>[]): Promise<void> {
    const rows = slices.reduce((sum, slice) => sum + slice.to - slice.from, 0)
    const reason = this.#reasonFor(rows)
    const startedAt = this.#options.clock.now()
    this.#busy++
    try {
      const outputs = await this.#options.run(slices)
      slices.forEach((slice, index) => slice.job.settle(slice, outputs[index]))
    } catch (error) {
      for (const slice of slices) slice.job.fail(error)
    }
    const durationMs = this.#options.clock.now() - startedAt
    this.#busy--
    this.#time.learn(durationMs)
    this.#options.onBatch?.({ rows, requests: slices.length, reason, durationMs })
    this.#pumpSoon()
  }

  #reasonFor(rows: number): BatchReason {
    if (rows >= this.#options.maxBatchSize || !this.#queue.isEmpty) return 'full'
    return this.#isDraining ? 'drain' : 'idle'
  }

  #settleIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}

function tooLate(waitMs: number): BentoError {
  const predicted = Math.ceil(waitMs)
  return new BentoError('PREDICTED_LATE', `The wait would be about ${predicted} ms`, {
    retryAfter: Math.max(1, Math.ceil(waitMs / 1000)),
  })
}
