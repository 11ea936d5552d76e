import {
  Batcher,
  type BatchReport,
  type BatcherOptions,
} from '../../../src/serve/batching/batcher.ts'
import type { Slice } from '../../../src/serve/batching/job.ts'
import { SlotPool } from '../../../src/serve/batching/slot-pool.ts'
import { type FakeClock, fakeClock } from '../../lib/fake-clock.ts'

export type Numbers = readonly number[]
export type Options = Partial<BatcherOptions<Numbers, Numbers, string>> & {
  readonly batchMs?: number
  readonly slots?: number
}

export interface Harness {
  readonly clock: FakeClock
  readonly batcher: Batcher<Numbers, Numbers, string>
  /** The rows of each batch, as it was sent. */
  readonly batches: number[][]
  readonly reports: BatchReport[]
  readonly submit: (
    rows: Numbers,
    job?: { key?: string; deadline?: number; isFirm?: boolean; isGone?: () => boolean },
  ) => Promise<Numbers>
}

/** A batcher whose batches take `batchMs` and multiply every row by ten. */
export function harness({ batchMs = 10, slots = 1, ...options }: Options = {}): Harness {
  const clock = fakeClock()
  const batches: number[][] = []
  const reports: BatchReport[] = []
  const batcher = new Batcher<Numbers, Numbers, string>({
    maxBatchSize: 4,
    maxLatencyMs: 60_000,
    maxQueueSize: 10_000,
    timeoutMs: 60_000,
    pool: new SlotPool(slots, clock),
    clock,
    run: async (slices) => {
      batches.push(slices.flatMap(rowsOf))
      await new Promise<void>((resolve) => clock.after(batchMs, resolve))
      return slices.map((slice) => rowsOf(slice).map((row) => row * 10))
    },
    join: (outputs) => outputs.flat(),
    onBatch: (report) => reports.push(report),
    ...options,
  })
  const submit: Harness['submit'] = (rows, job = {}) =>
    batcher.submit({
      input: rows,
      rows: rows.length,
      key: job.key ?? 'a',
      deadline: job.deadline ?? Infinity,
      isFirm: job.isFirm,
      isGone: job.isGone ?? (() => false),
      context: 'none',
    })
  return { clock, batcher, batches, reports, submit }
}

export function rowsOf({ input, from, to }: Slice<Numbers, unknown>): number[] {
  return input.slice(from, to)
}

/** What a promise that must fail fails with. */
export function failureOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    (value) => Promise.reject(new Error(`It answered ${String(value)}`)),
    (error: unknown) => error,
  )
}
