import type { ServiceModel } from './service-model.ts'

// Rows in a millisecond that must be gained before a request is given up for others.
const worthIt = 1.1

interface Waiting {
  readonly deadline: number
  readonly left: number
}

export interface TightInput {
  readonly model: ServiceModel
  /** Those who wait, the earliest deadline first. */
  readonly jobs: Iterable<Waiting>
  /** Rows of all of them. */
  readonly queued: number
  readonly cap: number
  readonly now: number
  /** Rows of the largest batch that is there in time for the first. */
  readonly inTime: number
  /** Milliseconds until another batch could start after that. */
  readonly nextMs: number
}

/**
 * How many of the first to give up, so that those behind are served. One that has little time left asks for a small
 * batch; the next then has even less, and soon every batch has one row: a queue that is late never recovers by small
 * batches. So they are small only as long as that makes nobody late.
 */
export function tightHeads(input: TightInput): number {
  const { model, jobs, cap, now, inTime, nextMs } = input
  let { queued } = input
  let heads = 0
  let ahead = 0
  for (const { deadline, left } of jobs) {
    const slackMs = deadline - now
    const isNext = ahead >= inTime
    ahead += left
    const rows = Math.min(cap, queued)
    // Who comes behind the small batch still has the time for one of its own.
    if (isNext && nextMs + model.pessimistic(Math.min(cap, queued)) <= slackMs) return 0
    if (heads > 0 && model.pessimistic(rows) <= slackMs) {
      const gained = rows / model.of(rows) / (inTime / model.of(inTime))
      return gained > worthIt ? heads : 0
    }
    heads++
    queued -= left
  }
  return 0
}
