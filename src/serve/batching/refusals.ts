import { BentoError } from '../../errors.ts'

/** The request would come too late: it hears so at once, instead of after having waited. */
export function predictedLate(totalMs: number, lateMs: number): BentoError {
  const predicted = Math.ceil(totalMs)
  return new BentoError('PREDICTED_LATE', `The answer would take about ${predicted} ms`, {
    retryAfter: secondsOf(lateMs),
    detail: [{ type: 'predicted_ms', loc: [], msg: String(predicted) }],
  })
}

/** A busy event loop is so late now and then: nobody is refused for that. */
export const toleratedMs = 5

/** The wait that was predicted was shorter than the bound; the real one was not. */
export function waitedTooLong(waitedMs: number, maxLatencyMs: number): BentoError {
  const waited = Math.ceil(waitedMs)
  const message = `The request has waited for ${waited} ms, and at most ${maxLatencyMs} may pass`
  return new BentoError('PREDICTED_LATE', message, {
    retryAfter: secondsOf(maxLatencyMs),
    detail: [{ type: 'predicted_ms', loc: [], msg: String(waited) }],
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
