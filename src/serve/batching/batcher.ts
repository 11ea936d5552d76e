import type { ProfilePoint } from '../../config/profile-file.ts'
import type { Clock } from '../../lib/clock.ts'
import { type BatchReason, Job, type JobInput, type Slice, type TakenSlice } from './job.ts'
import { type Batch, Line } from './line.ts'
import { bisect, isRetryable } from './retry.ts'
import type { SlotPool } from './slot-pool.ts'

/** One batch, once it has ended. Milliseconds. */
export interface BatchReport {
  readonly rows: number
  readonly requests: number
  readonly reason: BatchReason
  readonly durationMs: number
  /** What it was expected to take; 0 when nothing was known. */
  readonly predictedMs: number
  /** Time for which it was held back while a slot was free. */
  readonly heldMs: number
  /** Further runs that it took to find what made it fail. */
  readonly retries: number
}

export interface BatcherOptions<Input, Output, Context> {
  /** Rows, never exceeded: a larger request is cut into several batches. */
  readonly maxBatchSize: number
  /** Bound on the wait before a request's batch starts; not on the run itself. */
  readonly maxLatencyMs: number
  /** Rows that may wait, those of all batch keys together. */
  readonly maxQueueSize: number
  /** What a request may take as a whole. */
  readonly timeoutMs: number
  /** Batches under way at once, here and in the batchers that share the pool. */
  readonly pool: SlotPool
  /** Part of the pool beside the other batchers that share it. Default: 1. */
  readonly weight?: number
  readonly clock: Clock
  /** Waits for clients that are about to come back, as long as that gains more than it costs. Default: true. */
  readonly hold?: boolean
  /** False: whatever waits goes as one batch, whatever was learned of batches. Default: true. */
  readonly adaptive?: boolean
  /** Runs a batch that failed again in parts, so that one bad request fails alone. Default: false. */
  readonly retry?: boolean
  /** What batches take, as it was measured before. */
  readonly known?: readonly ProfilePoint[]
  /** Runs one batch; answers one output for each slice, in order. */
  readonly run: (slices: readonly Slice<Input, Context>[]) => Promise<readonly Output[]>
  /** Puts the outputs of one request's slices together again. */
  readonly join: (outputs: readonly Output[]) => Output
  /** A request's batch has started, so long after the request came. */
  readonly onStart?: (queuedMs: number) => void
  readonly onBatch?: (report: BatchReport) => void
  /** `maxLatencyMs` is less than one row takes. Called once. */
  readonly onSlowRow?: (rowMs: number) => void
}

// A batch whose answers take longer to write than this would hold the event loop.
const answersAtOnce = 64
// Keys come from shapes, and shapes from clients: what rests is forgotten first.
const mostLines = 64

/**
 * Adaptive batching, HERD: late binding (a batch is formed only when a slot is free), a hold for clients that are about
 * to come back, a cap at the knee of the measured service time, and admission by predicted completion. Nothing waits
 * for a timer unless waiting is predicted to pay, so an idle server adds no latency.
 */
export class Batcher<Input, Output, Context = undefined> {
  readonly options: BatcherOptions<Input, Output, Context>
  readonly #lines = new Map<string, Line<Input, Output, Context>>()
  #underWay = 0
  #isDraining = false
  #hasWarned = false
  readonly #whenIdle: (() => void)[] = []

  constructor(options: BatcherOptions<Input, Output, Context>) {
    this.options = options
  }

  /** Rows that wait. */
  get queuedRows(): number {
    let rows = 0
    for (const line of this.#lines.values()) rows += line.rows
    return rows
  }

  /** Batch keys of which something is known. */
  get keys(): number {
    return this.#lines.size
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /**
   * Rejects at once with QUEUE_FULL, or with PREDICTED_LATE when the wait or the deadline would be missed; later with
   * EXPIRED when the deadline passes first, with CANCELLED when the client has left.
   */
  submit(input: JobInput<Input, Context>): Promise<Output> {
    return new Promise((resolve, reject) => {
      const { join, clock, maxLatencyMs } = this.options
      const job = new Job<Input, Output, Context>(input, {
        join,
        resolve,
        reject,
        arrivedAt: clock.now(),
        maxLatencyMs,
      })
      try {
        this.#lineOf(input.key).push(job)
      } catch (error) {
        job.fail(error)
      }
    })
  }

  /** Runs what is queued, and resolves when nothing is left. */
  async drain(): Promise<void> {
    this.#isDraining = true
    this.options.pool.pump()
    if (this.#isIdle) return
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  /** For the lines. */
  send(line: Line<Input, Output, Context>, batch: Batch<Input, Output, Context>): void {
    void this.#run(line, batch)
  }

  /** For the lines. */
  rested(): void {
    if (this.#whenIdle.length === 0 || !this.#isIdle) return
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  get #isIdle(): boolean {
    return this.#underWay === 0 && [...this.#lines.values()].every((line) => line.isEmpty)
  }

  #lineOf(key: string): Line<Input, Output, Context> {
    const known = this.#lines.get(key)
    if (known !== undefined) return known
    if (this.#lines.size >= mostLines) this.#forgetLines(mostLines - 1)
    const line = new Line(this)
    this.#lines.set(key, line)
    return line
  }

  /** Keeps so many, and those in which something waits. Those go that have rested longest. */
  #forgetLines(most: number): void {
    const resting = [...this.#lines].filter(([, line]) => line.isEmpty)
    const oldest = resting.toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [key] of oldest.slice(0, this.#lines.size - most)) this.#lines.delete(key)
  }

  async #run(
    line: Line<Input, Output, Context>,
    batch: Batch<Input, Output, Context>,
  ): Promise<void> {
    const { pool, onStart } = this.options
    const { slices, startedAt, predictedMs } = batch
    if (onStart) for (const { job } of slices) onStart(startedAt - job.arrivedAt)
    const slot = pool.take({
      endsAt: startedAt + predictedMs,
      forgetAt: slices.reduce((latest, { job }) => Math.max(latest, job.deadline), startedAt),
    })
    this.#underWay++
    let outputs: readonly Output[] = []
    let failure: { readonly error: unknown } | undefined
    try {
      outputs = await this.#outputsOf(slices)
    } catch (error) {
      failure = { error }
    }
    const durationMs = this.options.clock.now() - startedAt
    line.ended(batch.rows, durationMs, failure === undefined)
    let retries = 0
    if (failure === undefined) {
      for (const slice of slices) note(slice, batch, durationMs)
      pool.release(slot)
      if (line.hasFullBatch) pool.pump()
      this.#settle(slices, outputs)
    } else {
      retries = await this.#fail(batch, failure.error)
      pool.release(slot)
    }
    this.#finish(line, batch, { durationMs, retries })
  }

  /** One for each slice, or none at all: outputs that are too few would become somebody else's. */
  async #outputsOf(
    slices: readonly TakenSlice<Input, Output, Context>[],
  ): Promise<readonly Output[]> {
    const outputs = await this.options.run(slices)
    if (outputs.length === slices.length) return outputs
    throw new Error(`A batch gave ${outputs.length} outputs for ${slices.length} slices`)
  }

  #finish(
    line: Line<Input, Output, Context>,
    batch: Batch<Input, Output, Context>,
    { durationMs, retries }: Pick<BatchReport, 'durationMs' | 'retries'>,
  ): void {
    const { onBatch, pool } = this.options
    const { rows, slices, reason, predictedMs, heldMs } = batch
    onBatch?.({
      rows,
      requests: slices.length,
      reason,
      durationMs,
      predictedMs,
      heldMs,
      retries,
    })
    this.#warnOnce(line)
    this.#underWay--
    if (this.#lines.size > mostLines) this.#forgetLines(mostLines)
    // Answers go out first: they are what brings the clients back.
    pool.pumpSoon()
    this.rested()
  }

  #settle(
    slices: readonly TakenSlice<Input, Output, Context>[],
    outputs: readonly Output[],
    from = 0,
  ): void {
    const end = Math.min(slices.length, from + answersAtOnce)
    for (let at = from; at < end; at++) {
      const slice = slices[at]
      slice?.job.settle(slice, outputs[at])
    }
    if (end < slices.length) this.options.clock.defer(() => this.#settle(slices, outputs, end))
  }

  /** Gives the number of further runs. */
  async #fail(batch: Batch<Input, Output, Context>, error: unknown): Promise<number> {
    const { retry = false, clock } = this.options
    const { slices, startedAt } = batch
    if (!retry || slices.length === 1 || !isRetryable(error)) {
      for (const slice of slices) slice.job.fail(error)
      return 0
    }
    const { parts, runs } = await bisect(slices, error, {
      run: (some) => this.#outputsOf(some),
      isWanted: ({ job }) => !job.dropIfDead(clock.now(), 0),
    })
    for (const slice of slices) note(slice, batch, clock.now() - startedAt)
    for (const { slices: some, result } of parts) {
      if ('error' in result) for (const slice of some) slice.job.fail(result.error)
      else this.#settle(some, result)
    }
    return runs
  }

  #warnOnce({ model }: Line<Input, Output, Context>): void {
    const { onSlowRow, maxLatencyMs } = this.options
    if (this.#hasWarned || onSlowRow === undefined || model.batches < 8) return
    const rowMs = model.of(1)
    if (rowMs <= maxLatencyMs) return
    this.#hasWarned = true
    onSlowRow(rowMs)
  }
}

function note<Input, Output, Context>(
  { job }: TakenSlice<Input, Output, Context>,
  { startedAt, rows, reason }: Batch<Input, Output, Context>,
  runMs: number,
): void {
  const { timing } = job.input
  if (timing === undefined) return
  timing.queuedMs = startedAt - job.arrivedAt
  timing.runMs = runMs
  timing.batchRows = rows
  timing.reason = reason
}
