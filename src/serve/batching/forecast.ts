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
  /** Rows that come in a millisecond. */
  readonly perMs: number
}

/**
 * When a request that arrives now would start and end: batches of `cap` rows go in waves over the slots. Who comes
 * while it waits joins its batch, which then takes longer.
 */
export function forecast(input: ForecastInput): Forecast {
  const { model, queued, rows, cap, residuals, perMs } = input
  const ahead = Math.ceil((queued + rows) / cap) - 1
  const slots = residuals.length
  const waves = Math.floor(ahead / slots)
  const waitMs = (residuals[ahead % slots] ?? 0) + waves * model.of(cap)
  const last = Math.min(cap, queued + rows - ahead * cap + Math.floor(perMs * waitMs))
  return { waitMs, totalMs: waitMs + model.pessimistic(last) }
}
