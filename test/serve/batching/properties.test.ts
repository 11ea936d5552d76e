import { isDeepStrictEqual } from 'node:util'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Harness, harness, rowsOf } from './harness.ts'

/* What holds whatever arrives when. */

const keys = ['a', 'b', 'c'] as const
// Nobody is held for longer, however much a launch costs.
const mostHeldMs = 2

const arrival = fc.record({
  count: fc.integer({ min: 0, max: 12 }),
  key: fc.constantFrom(...keys),
  pauseMs: fc.integer({ min: 0, max: 15 }),
})
const settings = fc.record({
  slots: fc.integer({ min: 1, max: 3 }),
  maxBatchSize: fc.integer({ min: 1, max: 5 }),
})

/** One that waits for company, and others that would take the slot which it could have had. */
const contended = [
  { count: 7, key: 'c', pauseMs: 7 },
  { count: 0, key: 'a', pauseMs: 11 },
  { count: 4, key: 'c', pauseMs: 12 },
  { count: 4, key: 'c', pauseMs: 0 },
  { count: 0, key: 'b', pauseMs: 0 },
  { count: 7, key: 'a', pauseMs: 0 },
  { count: 0, key: 'a', pauseMs: 0 },
  { count: 4, key: 'c', pauseMs: 0 },
] as const

/** Each row is there once, and says which key it came with. */
function rowsFor(request: number, count: number, key: string): number[] {
  const index = keys.findIndex((each) => each === key)
  return Array.from({ length: count }, (_, row) => (request * 100 + row) * keys.length + index)
}

test('answers every request once, with its own rows; batches are of one key and never too large', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 20 }), settings, async (arrivals, options) => {
      const { clock, submit, batches, reports } = harness({ ...options, maxLatencyMs: Infinity })
      const requests = arrivals.map(({ count, key }, at) => rowsFor(at, count, key))
      const answers = []
      for (const [at, { key, pauseMs }] of arrivals.entries()) {
        answers.push(submit(requests[at] ?? [], { key }))
        await clock.advance(pauseMs)
      }
      await clock.advance(10_000)
      const expected = requests.map((rows) => rows.map((row) => row * 10))
      await expect(Promise.all(answers)).resolves.toEqual(expected)
      const ran = batches.flat().toSorted((one, other) => one - other)
      expect(ran).toEqual(requests.flat().toSorted((one, other) => one - other))
      for (const batch of batches) {
        expect(new Set(batch.map((row) => row % keys.length)).size).toBeLessThanOrEqual(1)
        expect(batch.length).toBeLessThanOrEqual(options.maxBatchSize)
      }
      for (const { heldMs } of reports) expect(heldMs).toBeLessThanOrEqual(mostHeldMs)
    }),
    { numRuns: 100, examples: [[[...contended], { slots: 2, maxBatchSize: 3 }]] },
  )
})

/** A batcher that writes down when the batch of each row began. */
function timed(options: { slots: number; maxBatchSize: number }): {
  made: Harness
  begunAt: Map<number, number>
} {
  const begunAt = new Map<number, number>()
  const made: Harness = harness({
    ...options,
    run: async (slices) => {
      const rows = slices.flatMap(rowsOf)
      for (const row of rows) begunAt.set(row, made.clock.now())
      await new Promise<void>((resolve) => made.clock.after(10, resolve))
      return slices.map(rowsOf)
    },
  })
  return { made, begunAt }
}

test('runs what can begin before its deadline, and refuses the rest without a run', async () => {
  const patient = fc.record({ patienceMs: fc.integer({ min: 1, max: 60 }) })
  const arrivals = fc.array(fc.tuple(arrival, patient), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(arrivals, settings, async (given, options) => {
      const { made, begunAt } = timed(options)
      const settled: Promise<Settled>[] = []
      for (const [at, [{ key, pauseMs }, { patienceMs }]] of given.entries()) {
        const [row = 0] = rowsFor(at, 1, key)
        const deadline = made.clock.now() + patienceMs
        const answer = made.submit([row], { key, deadline }).then(
          (rows) => ({ rows, isInTime: (begunAt.get(row) ?? Infinity) <= deadline }),
          (error: { code: string }) => ({ code: error.code, hasRun: begunAt.has(row) }),
        )
        settled.push(answer.then((outcome) => ({ row, outcome })))
        await made.clock.advance(pauseMs)
      }
      await made.clock.advance(10_000)
      const good = (await Promise.all(settled)).filter(isGood)
      expect(good).toHaveLength(given.length)
    }),
    { numRuns: 100 },
  )
})

interface Settled {
  readonly row: number
  readonly outcome: object
}

function isGood({ row, outcome }: Settled): boolean {
  return [
    { rows: [row], isInTime: true },
    { code: 'PREDICTED_LATE', hasRun: false },
    { code: 'EXPIRED', hasRun: false },
  ].some((good) => isDeepStrictEqual(outcome, good))
}
