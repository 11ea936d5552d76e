import { histogramSize } from '../../lib/histogram.ts'
import type { BatchReason } from '../batching/job.ts'

export const batchReasons = [
  'full',
  'knee',
  'herd',
  'hold-expired',
  'idle',
  'deadline',
  'drain',
] as const satisfies readonly BatchReason[]

/** Seconds that a request may wait for its batch. */
export const waitBuckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  30, 60,
]

/** How wrong a prediction was, as a part of what the batch took. */
export const errorBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

/** Where each part of a batch series begins. All of a method's batches are one series, so that a batch is one write. */
export interface BatchLayout {
  /** Histogram of rows. */
  readonly rows: number
  /** Histogram of seconds waited, one for each request. */
  readonly wait: number
  /** Histogram of relative errors of the predicted time. */
  readonly error: number
  /** One count for each reason. */
  readonly reasons: number
  readonly busySeconds: number
  readonly retries: number
  readonly size: number
}

export function batchLayout(rowBuckets: readonly number[]): BatchLayout {
  const wait = histogramSize(rowBuckets)
  const error = wait + histogramSize(waitBuckets)
  const reasons = error + histogramSize(errorBuckets)
  const busySeconds = reasons + batchReasons.length
  const retries = busySeconds + 1
  return { rows: 0, wait, error, reasons, busySeconds, retries, size: retries + 1 }
}
