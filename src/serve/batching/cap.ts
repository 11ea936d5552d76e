import type { ServiceModel } from './service-model.ts'

// The size with this share of the rate that an endless batch would have.
const efficiency = 0.95
/** Batches before the model is believed. */
export const training = 8

export interface CapInput {
  readonly model: ServiceModel
  readonly maxBatchSize: number
  readonly slots: number
  /** Rows that wait. */
  readonly rows: number
  /** What a request may take as a whole. */
  readonly timeoutMs: number
  readonly isOverloaded: boolean
}

/**
 * Rows worth sending in one batch: the knee of the measured curve, behind which a larger batch is hardly cheaper by the
 * row. Soft: a backlog is worked off with larger ones, since a hard cap diverges near full load.
 */
export function capOf(input: CapInput): number {
  const { model, maxBatchSize, slots, rows } = input
  if (model.batches < training) return maxBatchSize
  const most = Math.max(1, Math.min(maxBatchSize, inTime(input)))
  if (input.isOverloaded) return most
  const knee = Math.min(maxBatchSize, kneeOf(model))
  const isShort = rows <= 4 * knee * slots
  return Math.min(most, isShort ? knee : Math.max(knee, Math.ceil(rows / slots)))
}

/**
 * Half of the time that a request has is for its own batch: the other half may pass behind another. Where a launch takes
 * most of that half, a smaller batch would hardly be quicker.
 */
function inTime({ model, timeoutMs }: CapInput): number {
  const { launchMs, perRowMs, residual } = model
  const ms = timeoutMs / (1 + 3 * residual)
  const rowsMs = Math.min(ms - launchMs, Math.max(0.5 * ms - launchMs, 0.25 * launchMs))
  return Math.floor(rowsMs / perRowMs)
}

/** Where a batch has nearly the rate that an endless one would have. */
export function kneeOf({
  launchMs,
  perRowMs,
}: Pick<ServiceModel, 'launchMs' | 'perRowMs'>): number {
  return Math.max(1, Math.ceil((efficiency / (1 - efficiency)) * (launchMs / perRowMs)))
}
