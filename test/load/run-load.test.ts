import { expect, test } from '@jest/globals'
import { type LoadOptions, type LoadResult, runLoad } from '../../src/load/run-load.ts'
import { seededRandom } from '../../src/load/seeded-random.ts'
import { fakeClock, type FakeClock } from '../lib/fake-clock.ts'

/** Load on a server that answers after what `latencyAt` says of the time when a request comes. */
async function load(
  latencyAt: (now: number) => number,
  change: Partial<LoadOptions> = {},
): Promise<LoadResult> {
  const clock = fakeClock()
  const running = runLoad({
    shape: { type: 'open', rate: 100 },
    warmUpMs: 0,
    durationMs: 10_000,
    clock,
    random: seededRandom(1),
    send: () => answerAfter(latencyAt(clock.now()), clock),
    ...change,
  })
  await clock.advance(60_000)
  return running
}

function answerAfter(ms: number, clock: FakeClock): Promise<undefined> {
  return new Promise((resolve) => {
    clock.after(ms, () => resolve(undefined))
  })
}

test('sends at the rate that was asked for, each answer timed', async () => {
  const { answered, seconds, latency, lateness, bySecond } = await load(() => 5)
  expect(answered).toBeGreaterThan(900)
  expect(answered).toBeLessThan(1100)
  expect(seconds).toBe(10)
  expect(latency.percentile(50)).toBeCloseTo(5, 1)
  expect(lateness.max).toBeCloseTo(0)
  expect(bySecond).toHaveLength(10)
})

// What a closed loop hides: while the server stands still it would send nothing, and so measure nothing.
test('a stall counts for all who should have been answered in it', async () => {
  const stalls = (now: number): number => (now >= 5000 && now < 6000 ? 6000 - now : 1)
  const open = await load(stalls)
  const closed = await load(stalls, { shape: { type: 'closed', connections: 1 } })
  expect(open.latency.percentile(95)).toBeGreaterThan(400)
  expect(closed.latency.percentile(95)).toBeLessThan(2)
})

test('leaves the warm-up out', async () => {
  const states: string[] = []
  const { latency } = await load((now) => (now < 1000 ? 500 : 1), {
    warmUpMs: 2000,
    onMeasure: async (state) => void states.push(state),
  })
  expect(latency.max).toBeLessThan(2)
  expect(states).toEqual(['begins', 'ends'])
})

test('counts what went wrong by what it was, and does not time it', async () => {
  let sent = 0
  const send = async (): Promise<string | undefined> =>
    sent++ % 2 === 0 ? '503 QUEUE_FULL' : undefined
  const { answered, errors } = await load(() => 1, { send })
  expect(errors.get('503 QUEUE_FULL')).toBeGreaterThan(0)
  expect(answered + (errors.get('503 QUEUE_FULL') ?? 0)).toBe(sent)
})

test('stops when it is told to', async () => {
  const stop = AbortSignal.abort()
  const open = await load(() => 1, { signal: stop })
  const closed = await load(() => 1, { signal: stop, shape: { type: 'closed', connections: 3 } })
  expect([open.answered, closed.answered]).toEqual([0, 0])
})

test('as many callers as were asked for wait at once', async () => {
  const { answered } = await load(() => 100, { shape: { type: 'closed', connections: 4 } })
  expect(answered).toBe(400)
})
