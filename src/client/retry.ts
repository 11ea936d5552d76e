import { setTimeout as sleep } from 'node:timers/promises'
import type { Bounds } from './bounds.ts'
import { isClientError } from './client-error.ts'

// So long a call without a deadline waits for a service that asks it to come again.
const longestWaitMs = 30_000
const firstPauseMs = 100

/**
 * Makes a call again when the service cannot have run it: there was no connection, or it was refused with the time to
 * come again. A connection that breaks later says nothing of what was run, and is never tried again.
 */
export async function withRetries<Answer>(
  retries: number,
  bounds: Bounds,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  for (let tried = 0; tried < retries; tried += 1) {
    try {
      return await attempt()
    } catch (error) {
      const waitMs = pauseAfter(error, tried)
      if (waitMs === undefined || waitMs >= Math.min(bounds.leftMs, longestWaitMs)) throw error
      await pause(waitMs, bounds.signal)
    }
  }
  return attempt()
}

function pauseAfter(error: unknown, tried: number): number | undefined {
  if (!isClientError(error)) return undefined
  // A little chance, so that many clients do not come back together.
  if (error.code === 'UNREACHABLE') return firstPauseMs * 2 ** tried * (0.75 + Math.random() / 2)
  return error.status === 429 || error.status === 503 ? error.retryAfterMs : undefined
}

async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(waitMs, undefined, { signal })
  } catch {
    // The timer's own error hides why the call was ended.
    signal.throwIfAborted()
  }
}
