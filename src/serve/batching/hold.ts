import { grid, type HerdProfile } from './herd-profile.ts'
import type { ServiceModel } from './service-model.ts'

const mostMs = 2

export interface HoldInput {
  readonly model: ServiceModel
  readonly profile: HerdProfile
  readonly now: number
  /** Rows that would be sent. */
  readonly rows: number
  readonly cap: number
  /** No other slot is free: newcomers would have to wait for this batch. */
  readonly isLastSlot: boolean
  /** Time for which the head has been held already. */
  readonly heldMs: number
  /** What the earliest deadline leaves. */
  readonly slackMs: number
  /** Mean share of the cap that batches have filled. */
  readonly fill: number
}

/**
 * How long it pays to wait for rows that are about to arrive, in milliseconds; 0 to send now. Weighs the latency saved
 * by those who join against the latency paid by those who wait. Never more than the cost of a launch, so that by the
 * ski-rental argument nobody waits longer than what a launch of its own would have cost.
 */
export function holdOf(input: HoldInput): number {
  const { model, profile, now, rows, cap } = input
  const budget = Math.min(model.launchMs, mostMs, input.slackMs) - input.heldMs
  if (budget < grid[0]) return 0
  const since = profile.sinceCompletion(now)
  const here = Math.max(profile.seen, profile.expected(since))
  let best = 0
  let bestGain = 0
  for (const wait of grid) {
    if (wait > budget) break
    const joining = Math.min(cap - rows, profile.expected(since + wait) - here)
    if (joining < 0.5) continue
    const gain = gainOf(input, wait, joining)
    if (gain <= bestGain) continue
    best = wait
    bestGain = gain
  }
  return best
}

function gainOf(
  { model, profile, rows, isLastSlot, fill }: HoldInput,
  wait: number,
  joining: number,
): number {
  const alone = model.of(rows)
  const otherwise = (isLastSlot ? alone : 0) + model.of(joining)
  const saved = joining * (otherwise - wait - model.of(rows + joining))
  const paid = rows * (wait + model.perRowMs * joining)
  const launches = Math.min(1, joining / Math.max(joining, profile.perMs * alone))
  return saved - paid + fill * model.launchMs * rows * launches
}
