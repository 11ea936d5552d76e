import { expect, test } from '@jest/globals'
import { Slot } from '../../../src/serve/supervise/slot.ts'
import type { WorkerState } from '../../../src/serve/supervise/worker-process.ts'

interface Occupant {
  readonly state: WorkerState
  readonly readyForMs: (now: number) => number
}

function readySince(since: number): Occupant {
  return { state: 'ready', readyForMs: (now) => now - since }
}

const failed: Occupant = { state: 'dead', readyForMs: () => 0 }

/** When a worker is replaced that is always due, looked at every second as a supervisor does. */
function replacements(next: (now: number) => Occupant): number[] {
  const slot = new Slot<Occupant>(1)
  slot.worker = readySince(-3_600_000)
  const times: number[] = []
  for (let now = 0; now < 600_000; now += 1000) {
    if (!slot.canBeReplaced(now)) continue
    times.push(now)
    slot.replaceBy(next(now), now)
    slot.settleNext(now)
  }
  return times
}

test.each([
  ['is due from its start', readySince],
  ['has successors that do not start', () => failed],
])('replaces a worker that %s ever less often, up to a bound', (_what, next) => {
  const times = replacements(next)
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
  expect(gaps.at(-1)).toBe(60_000)
  expect(times.length).toBeLessThan(20)
})

test('replaces a worker at once that was of use for long', () => {
  const slot = new Slot<Occupant>(1)
  slot.worker = readySince(0)
  for (let now = 20_000; now < 200_000; now += 20_000) {
    expect(slot.canBeReplaced(now)).toBe(true)
    slot.replaceBy(readySince(now), now)
    slot.settleNext(now)
  }
  expect(slot.isReplacedInVain).toBe(false)
})
