import { BentoError } from '../../errors.ts'
import type { ServiceModel } from './service-model.ts'

export interface Forecast {
  /** Milliseconds until the request's last batch starts. */
  readonly waitMs: number
  /** Milliseconds until it has ended, on the safe side. */
  readonly totalMs: number
}

export interface ForecastInput {
  readonly model: ServiceModel
  /** Rows that wait, and rows of the request. */
  readonly queued: number
  readonly rows: number
  readonly cap: number
  /** Milliseconds until each slot is free, the soonest first. */
  readonly residuals: readonly number[]
}

/** When a request that arrives now would start and end: batches of `cap` rows go in waves over the slots. */
export function forecast({ model, queued, rows, cap, residuals }: ForecastInput): Forecast {
  const ahead = Math.ceil((queued + rows) / cap) - 1
  const slots = residuals.length
  const waves = Math.floor(ahead / slots)
  const waitMs = (residuals[ahead % slots] ?? 0) + waves * model.of(cap)
  const last = Math.min(cap, queued + rows - ahead * cap)
  return { waitMs, totalMs: waitMs + model.pessimistic(last) }
}

/** The request would come too late: it hears so at once, instead of after having waited. */
export function predictedLate(totalMs: number, lateMs: number): BentoError {
  const predicted = Math.ceil(totalMs)
  return new BentoError('PREDICTED_LATE', `The answer would take about ${predicted} ms`, {
    retryAfter: secondsOf(lateMs),
    detail: [{ type: 'predicted_ms', loc: [], msg: String(predicted) }],
  })
}

export function queueFull(rows: number, limit: number, drainMs: number): BentoError {
  return new BentoError('QUEUE_FULL', `${rows} rows wait, and at most ${limit} may`, {
    retryAfter: secondsOf(drainMs),
    detail: [{ type: 'predicted_ms', loc: [], msg: String(Math.ceil(drainMs)) }],
  })
}

// Retry-After counts in whole seconds.
function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}
