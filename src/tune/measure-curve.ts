import type { ProfilePoint } from '../config/profile-file.ts'

export interface CurveOptions {
  /** Rows of the batches to measure, the fewest first. */
  readonly sizes: readonly number[]
  readonly rounds: number
  /** Runs one batch; gives its milliseconds. Undefined: so many rows are not taken. */
  readonly run: (rows: number) => Promise<number | undefined>
  readonly signal: AbortSignal
}

// Nobody waits for an answer that takes longer, and measuring it would take minutes.
const slowestMs = 5000
// A short run says little alone.
const roundMs = 20
const mostRuns = 20
const warmUpMs = 300
const mostWarmUps = 300
const warmUpSizes = 5

/** What batches take: the median of runs that were spread over the whole time, so that a noisy moment hits all alike. */
export async function measureCurve(options: CurveOptions): Promise<ProfilePoint[]> {
  await warmUp(options)
  const times = await firstRuns(options)
  for (let round = 0; round < options.rounds; round++) {
    for (const [rows, known] of times) {
      for (let left = runsOf(known); left > 0 && !options.signal.aborted; left--) {
        known.push((await options.run(rows)) ?? Infinity)
      }
    }
  }
  return [...times].map(([rows, known]) => ({ rows, ms: rounded(median(known)) }))
}

/** The first runs pay for code that was never run before: they do not count. */
async function warmUp({ sizes, run, signal }: CurveOptions): Promise<void> {
  let [spentMs, runs] = [0, 0]
  while (spentMs < warmUpMs && runs < mostWarmUps && !signal.aborted) {
    const ms = await run(sizes[runs % Math.min(sizes.length, warmUpSizes)] ?? 1)
    if (ms === undefined) return
    spentMs += ms
    runs++
  }
}

async function firstRuns({ sizes, run, signal }: CurveOptions): Promise<Map<number, number[]>> {
  const times = new Map<number, number[]>()
  for (const rows of sizes) {
    if (signal.aborted) break
    const ms = await run(rows)
    if (ms === undefined) break
    times.set(rows, [ms])
    if (ms > slowestMs) break
  }
  return times
}

function runsOf([firstMs = 0]: readonly number[]): number {
  return Math.min(mostRuns, Math.max(1, Math.round(roundMs / firstMs)))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

/** To a microsecond, which is what a server says; no run takes no time at all. */
function rounded(ms: number): number {
  return Math.max(0.001, Math.round(ms * 1000) / 1000)
}

/** 1, 2, 4, … up to `most`, and the size that is in force. */
export function sizesUpTo(most: number, inForce: number): number[] {
  const powers = Array.from({ length: 1 + Math.floor(Math.log2(most)) }, (_, power) => 2 ** power)
  const wanted = [...powers, most, inForce].filter((rows) => rows <= most)
  return [...new Set(wanted)].toSorted((a, b) => a - b)
}
