import { expect, test } from '@jest/globals'
import { Batcher } from '../../../src/serve/batching/batcher.ts'
import { SlotPool } from '../../../src/serve/batching/slot-pool.ts'
import { fakeClock } from '../../lib/fake-clock.ts'
import { failureOf, harness, rowsOf } from './harness.ts'

test('sends a single request at once when nobody else is there', async () => {
  const { clock, submit, batches, reports } = harness()
  const answer = submit([1])
  await clock.advance(10)
  await expect(answer).resolves.toEqual([10])
  expect(batches).toEqual([[1]])
  const report = { rows: 1, requests: 1, reason: 'idle', durationMs: 10 }
  expect(reports).toEqual([{ ...report, predictedMs: 0, heldMs: 0, retries: 0 }])
})

test('joins what arrives in one turn of the event loop', async () => {
  const { clock, submit, batches } = harness()
  const answers = Promise.all([submit([1]), submit([2, 3])])
  await clock.advance(10)
  await expect(answers).resolves.toEqual([[10], [20, 30]])
  expect(batches).toEqual([[1, 2, 3]])
})

test('collects what arrives while the only slot is busy', async () => {
  const { clock, submit, batches } = harness()
  const first = submit([1])
  await clock.advance(5)
  const rest = Promise.all([submit([2]), submit([3]), submit([4])])
  await clock.advance(15)
  await expect(first).resolves.toEqual([10])
  await expect(rest).resolves.toEqual([[20], [30], [40]])
  expect(batches).toEqual([[1], [2, 3, 4]])
})

test('uses every slot before it queues', async () => {
  const { clock, submit, batches } = harness({ slots: 2, maxBatchSize: 1 })
  const answers = Promise.all([submit([1]), submit([2]), submit([3])])
  await clock.advance(1)
  expect(batches).toEqual([[1], [2]])
  await clock.advance(20)
  await answers
  expect(batches).toEqual([[1], [2], [3]])
})

test('never mixes keys in one batch, and lets them take turns', async () => {
  const { clock, submit, batches } = harness()
  const answers = Promise.all([
    submit([1], { key: 'a' }),
    submit([2], { key: 'b' }),
    submit([3], { key: 'a' }),
  ])
  await clock.advance(20)
  await expect(answers).resolves.toEqual([[10], [20], [30]])
  expect(batches).toEqual([[1, 3], [2]])
})

test('cuts a request that is larger than any batch, and answers it whole', async () => {
  const { clock, submit, batches } = harness({ slots: 2 })
  const answer = submit([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  await clock.advance(20)
  await expect(answer).resolves.toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
  expect(batches).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10],
  ])
})

test('passes a request without rows through', async () => {
  const { clock, submit } = harness()
  const answer = submit([])
  await clock.advance(10)
  await expect(answer).resolves.toEqual([])
})

test('passes one through after batches that took no time', async () => {
  const { clock, submit } = harness({ batchMs: 0, slots: 2 })
  for (let batch = 0; batch < 8; batch++) await Promise.all([submit([batch]), clock.advance(0)])
  const answer = submit([])
  await clock.advance(10)
  await expect(answer).resolves.toEqual([])
})

test('does not run what expired in the queue', async () => {
  const { clock, submit, batches } = harness()
  const first = submit([1])
  await clock.advance(1)
  const late = failureOf(submit([2], { deadline: 5 }))
  await clock.advance(20)
  await first
  expect(await late).toMatchObject({ code: 'EXPIRED', status: 504 })
  expect(batches).toEqual([[1]])
})

test('takes a client that left off the queue', async () => {
  const { clock, submit, batches } = harness()
  const first = submit([1])
  await clock.advance(1)
  const left = failureOf(submit([2], { isGone: () => true }))
  await clock.advance(20)
  await first
  expect(await left).toMatchObject({ code: 'CANCELLED' })
  expect(batches).toEqual([[1]])
})

test('refuses at once when the predicted wait breaks its bound', async () => {
  const { clock, submit } = harness({ maxLatencyMs: 15, maxBatchSize: 1 })
  const learned = submit([1])
  await clock.advance(10)
  await learned
  const accepted = [submit([2]), submit([3])]
  await clock.advance(1)
  // One is running, one waits: the next would start in 9 + 10 ms.
  await expect(submit([4])).rejects.toMatchObject({
    code: 'PREDICTED_LATE',
    status: 503,
    retryAfter: 1,
  })
  await clock.advance(50)
  await Promise.all(accepted)
})

test('never refuses when it is idle, however slow the model is', async () => {
  const { clock, submit } = harness({ maxLatencyMs: 1, batchMs: 1000 })
  for (let round = 0; round < 3; round++) {
    const answer = submit([round])
    await clock.advance(1000)
    await expect(answer).resolves.toEqual([round * 10])
  }
})

test('fails every request of a batch that fails, and goes on', async () => {
  let runs = 0
  const { clock, submit } = harness({
    run: async (slices) => {
      if (runs++ === 0) throw new Error('poisoned')
      return slices.map(rowsOf)
    },
  })
  const failed = Promise.all([submit([1]), submit([2])].map(failureOf))
  await clock.advance(1)
  expect((await failed).map(String)).toEqual(['Error: poisoned', 'Error: poisoned'])
  const answer = submit([3])
  await clock.advance(1)
  await expect(answer).resolves.toEqual([3])
})

test('fails a request whose output is missing instead of leaving it to wait', async () => {
  const { clock, submit } = harness({ run: async () => [] })
  const failure = failureOf(submit([1]))
  await clock.advance(1)
  expect(String(await failure)).toContain('0 outputs for 1 slices')
})

test('drains what is queued, and says so', async () => {
  const { clock, batcher, submit, reports } = harness()
  const answers = Promise.all([submit([1]), submit([2])])
  const drained = batcher.drain()
  await clock.advance(10)
  await drained
  await expect(answers).resolves.toEqual([[10], [20]])
  expect(reports.map((report) => report.reason)).toEqual(['drain'])
})

test('has drained when nobody waits for what is left', async () => {
  const { clock, batcher, submit } = harness()
  const first = submit([1])
  await clock.advance(1)
  const left = failureOf(submit([2], { isGone: () => true }))
  let isDrained = false
  void batcher.drain().then(() => (isDrained = true))
  await clock.advance(20)
  await Promise.all([first, left])
  expect(isDrained).toBe(true)
})

test('drains at once when nothing is there', async () => {
  await expect(harness().batcher.drain()).resolves.toBeUndefined()
})

test('says that a batch was full when more was waiting', async () => {
  const { clock, submit, reports } = harness({ maxBatchSize: 2 })
  const answers = Promise.all([submit([1]), submit([2]), submit([3])])
  await clock.advance(20)
  await answers
  expect(reports.map((report) => report.reason)).toEqual(['full', 'idle'])
})

test('says once that one row takes longer than the bound on the wait', async () => {
  const slow: number[] = []
  const { clock, submit } = harness({
    maxLatencyMs: 5,
    onSlowRow: (rowMs) => slow.push(rowMs),
  })
  for (let round = 0; round < 12; round++) {
    const answer = submit([round])
    await clock.advance(10)
    await answer
  }
  expect(slow).toEqual([10])
})

/** Milliseconds that each of two batchers on one slot has run after 900 ms in which both always wanted it. */
async function turns(
  options: Readonly<Record<string, { batchMs: number; weight?: number }>>,
): Promise<Record<string, number>> {
  const clock = fakeClock()
  const pool = new SlotPool(1, clock)
  const served: Record<string, number> = {}
  for (const [name, { batchMs, weight = 1 }] of Object.entries(options)) {
    const batcher = new Batcher<number, number>({
      maxBatchSize: 1,
      maxLatencyMs: Infinity,
      maxQueueSize: 1000,
      timeoutMs: 60_000,
      weight,
      pool,
      clock,
      run: async (slices) => {
        await new Promise<void>((resolve) => clock.after(batchMs, resolve))
        served[name] = (served[name] ?? 0) + batchMs
        return slices.map(({ input }) => input)
      },
      join: ([only = 0]) => only,
    })
    for (let index = 0; index < 900; index++) {
      const job = { input: index, rows: 1, key: '', deadline: Infinity, context: undefined }
      void batcher.submit({ ...job, isGone: () => false })
    }
  }
  await clock.advance(900)
  return served
}

test('lets batchers of one pool take turns by the time that their batches take', async () => {
  const { slow = 0, quick = 0 } = await turns({ slow: { batchMs: 9 }, quick: { batchMs: 1 } })
  expect(slow + quick).toBeGreaterThan(850)
  expect(Math.abs(slow - quick)).toBeLessThan(40)
})

test('gives a batcher of three times the weight three times as long', async () => {
  const { heavy = 0, light = 0 } = await turns({
    heavy: { batchMs: 2, weight: 3 },
    light: { batchMs: 2 },
  })
  expect(heavy + light).toBeGreaterThan(850)
  expect(heavy / light).toBeGreaterThan(2.8)
  expect(heavy / light).toBeLessThan(3.2)
})
