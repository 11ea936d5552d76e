import { expect, test } from '@jest/globals'
import { closedLoop, openLoop, type Load, type Outcome, type Service } from './simulator.ts'

/*
 * The bounds that the algorithm must keep, on a virtual clock: the whole table of the closed loop, open loops up to
 * near full load, overload, bursts, clients that think, and a model that gains nothing from batches.
 */

/** 32 rows for little more than twice the time of one. */
const batchy: Service = { b: 4, a: 0.2, slots: 1, maxBatchSize: 32 }
const peak = (32 / (4 + 0.2 * 32)) * 1000
/** A row more costs as much as a row alone. */
const neutral: Service = { b: 0.01, a: 0.15, slots: 2, maxBatchSize: 32 }

type Run = (load: Load) => Promise<Outcome>

/** The same arrivals and jitter, with and without the hold. */
async function pairOf(
  run: Run,
  load: Omit<Load, 'hold'>,
): Promise<{ herd: Outcome; off: Outcome }> {
  return { herd: await run({ ...load, hold: true }), off: await run({ ...load, hold: false }) }
}

const short = { service: batchy, seed: 7, forMs: 2500, warmUpMs: 500 }

test.each([
  [1, 8, 1],
  [2, 11, 1.3],
  [4, 23, 1.4],
  [8, 41, 1.3],
  [16, 62, 1.25],
  [32, 84, 1.1],
  [64, 99, 0.99],
])(
  'with %d clients that wait for their answers, it reaches %d %% of the peak rate',
  async (clients, percent, ratio) => {
    const { herd, off } = await pairOf((load) => closedLoop(load, clients), short)
    expect((100 * herd.rate) / peak).toBeGreaterThan(percent - 1.5)
    expect(herd.rate / off.rate).toBeGreaterThanOrEqual(ratio - 0.005)
  },
)

test('one client waits for nothing but its own run', async () => {
  const { herd, off } = await pairOf((load) => closedLoop(load, 1), short)
  expect(herd.reports.every((report) => report.heldMs === 0)).toBe(true)
  expect(herd.p50).toBe(off.p50)
  expect(herd.p50).toBeLessThan(4.2 * 1.05)
})

test('no batch is held for longer than a launch costs', async () => {
  for (const clients of [2, 4, 8, 16]) {
    const { reports } = await closedLoop({ ...short, hold: true }, clients)
    expect(Math.max(...reports.map((report) => report.heldMs))).toBeLessThanOrEqual(2)
    expect(reports.some((report) => report.heldMs > 0)).toBe(true)
  }
})

test('with the hold switched off every batch is sent as soon as a slot is free', async () => {
  const { reports } = await closedLoop({ ...short, hold: false }, 8)
  expect(reports.every(({ heldMs }) => heldMs === 0)).toBe(true)
  expect(new Set(reports.map(({ reason }) => reason))).toEqual(new Set(['idle']))
})

test.each([0.02, 0.1, 0.3, 0.7])(
  'with arrivals at random and a load of %d, latencies stay within 5 %% of sending at once',
  async (share) => {
    const load = { ...short, forMs: Math.min(10_000, 4000 / share), warmUpMs: 1000 }
    const { herd, off } = await pairOf((one) => openLoop(one, () => share * peak), load)
    expect(herd.p50 / off.p50).toBeLessThan(1.05)
    expect(herd.p99 / off.p99).toBeLessThan(1.05)
  },
)

test('near full load the tail stays within 10 % of sending at once', async () => {
  const load = { ...short, forMs: 6000, warmUpMs: 1000 }
  const { herd, off } = await pairOf((one) => openLoop(one, () => 0.95 * peak), load)
  expect(herd.p99 / off.p99).toBeLessThan(1.1)
})

test.each([2, 4])(
  'at %d times what it can do, 95 %% of what it can do is answered in time',
  async (times) => {
    const load = { ...short, hold: true, forMs: 4000, warmUpMs: 1500, sloMs: 50 }
    const { goodput } = await openLoop(load, () => times * peak)
    expect(goodput / peak).toBeGreaterThan(0.95)
  },
)

/** A run of the largest batch takes half of the time that a request has, or nearly. */
const tight = [
  { service: { b: 50, a: 1, slots: 1, maxBatchSize: 100 }, sloMs: 200 },
  { service: { b: 4, a: 0.2, slots: 1, maxBatchSize: 32 }, sloMs: 20 },
  { service: { b: 1000, a: 1, slots: 1, maxBatchSize: 32 }, sloMs: 3000 },
] as const

test.each(tight.flatMap((one) => [0.8, 1.1, 4].map((times) => [one, times] as const)))(
  'with little time for each request it does not fall into small batches: %j at %d times the rate',
  async ({ service, sloMs }, times) => {
    const { b, a, slots, maxBatchSize } = service
    const rows = Math.min(maxBatchSize, (sloMs / 2 - b) / a)
    const most = (1000 * slots * rows) / (b + a * rows)
    const load = { service, seed: 7, hold: true, sloMs, forMs: 40 * sloMs, warmUpMs: 15 * sloMs }
    const { goodput } = await openLoop(load, () => times * most)
    expect(goodput / (Math.min(1, times) * most)).toBeGreaterThan(0.8)
  },
)

test('a model that gains nothing from batches loses nothing to them', async () => {
  const load = { ...short, service: neutral, hold: true, forMs: 1000, warmUpMs: 300 }
  const alone = { ...load, service: { ...neutral, maxBatchSize: 1 } }
  const [herd, one] = [await closedLoop(load, 4), await closedLoop(alone, 4)]
  expect(herd.rate / one.rate).toBeGreaterThan(0.95)
})

test.each([
  [0.5, 1.05],
  [5, 0.98],
])(
  'clients that think for %d ms lose nothing, and gain when they come back soon',
  async (thinkMs, ratio) => {
    const { herd, off } = await pairOf((load) => closedLoop(load, 8, thinkMs), short)
    expect(herd.rate / off.rate).toBeGreaterThan(ratio)
  },
)

test('in bursts the mean stays within 3 % of sending at once', async () => {
  const mean = 0.15 * peak
  // Ten times the rate for 50 of every 500 ms.
  const rateAt = (ms: number): number => (ms % 500 < 50 ? 10 : 1) * (mean / 1.9)
  const load = { ...short, forMs: 8000, warmUpMs: 1000 }
  const { herd, off } = await pairOf((one) => openLoop(one, rateAt), load)
  expect(herd.mean / off.mean).toBeLessThan(1.03)
})

test('the same seed gives the same run', async () => {
  const [one, other] = [
    await closedLoop({ ...short, hold: true, forMs: 700 }, 4),
    await closedLoop({ ...short, hold: true, forMs: 700 }, 4),
  ]
  expect(other).toEqual(one)
})
