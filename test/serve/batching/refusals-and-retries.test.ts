import { describe, expect, test } from '@jest/globals'
import { BentoError } from '../../../src/errors.ts'
import type { Slice } from '../../../src/serve/batching/job.ts'
import { failureOf, type Harness, harness, type Numbers, type Options, rowsOf } from './harness.ts'

test('refuses what the queue has no room for, and says when to come back', async () => {
  const { clock, submit } = harness({ maxBatchSize: 2, maxQueueSize: 3 })
  const first = submit([0])
  await clock.advance(1)
  const waiting = [submit([1, 2]), submit([3])]
  await expect(submit([4])).rejects.toMatchObject({
    code: 'QUEUE_FULL',
    status: 503,
    retryAfter: 1,
    message: '3 rows wait, and at most 3 may',
  })
  await clock.advance(100)
  await Promise.all([first, ...waiting])
})

test('lets nobody wait longer than they may, though nobody could foresee it', async () => {
  const { clock, submit, batches } = harness({ batchMs: 2000, maxLatencyMs: 100 })
  const first = submit([0])
  await clock.advance(50)
  const waiting = failureOf(submit([1]))
  await clock.advance(30)
  const later = failureOf(submit([2]))
  let isRefused = false
  void waiting.then(() => (isRefused = true))
  await clock.advance(60)
  expect(isRefused).toBe(false)
  await clock.advance(25)
  expect(await waiting).toMatchObject({ code: 'PREDICTED_LATE', status: 503, retryAfter: 1 })
  await clock.advance(30)
  expect(await later).toMatchObject({
    message: 'The request has waited for 106 ms, and at most 100 may pass',
  })
  await clock.advance(2000)
  await expect(first).resolves.toEqual([0])
  expect(batches).toEqual([[0]])
})

test('cuts what is too large for a batch into as many as it takes, however long that is', async () => {
  const { clock, submit } = harness({ maxLatencyMs: 15 })
  const answer = submit([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  await clock.advance(30)
  await expect(answer).resolves.toHaveLength(12)
})

test('loses nobody who has less time than those who have left', async () => {
  const { clock, submit, batcher } = harness()
  const first = submit([1])
  await clock.advance(1)
  const left = failureOf(submit([2], { deadline: 1000, isGone: () => true }))
  await clock.advance(20)
  await Promise.all([first, left])
  const next = submit([3], { deadline: 500 })
  await clock.advance(20)
  await expect(next).resolves.toEqual([30])
  expect(batcher.queuedRows).toBe(0)
})

test('has one bound on what waits, whatever the batch keys', async () => {
  const { clock, submit } = harness({ maxQueueSize: 3 })
  const first = submit([0])
  await clock.advance(1)
  const waiting = ['a', 'b', 'c'].map((key) => submit([1], { key }))
  await expect(submit([1], { key: 'd' })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  await clock.advance(100)
  await Promise.all([first, ...waiting])
})

test('never sends a client away for longer than a request may take', async () => {
  const { clock, submit } = harness({ batchMs: 30_000, timeoutMs: 2000, maxBatchSize: 1 })
  const first = submit([0])
  await clock.advance(30_000)
  void submit([1], { deadline: Infinity })
  await clock.advance(1)
  const refused = await failureOf(submit([2], { deadline: clock.now() + 2000 }))
  expect(refused).toMatchObject({ code: 'PREDICTED_LATE', retryAfter: 2 })
  await first
})

test('refuses at once what cannot be answered before its deadline', async () => {
  const { clock, submit, batches } = harness({ maxBatchSize: 1 })
  for (let round = 0; round < 10; round++) {
    const answer = submit([round])
    await clock.advance(10)
    await answer
  }
  const running = submit([100])
  await clock.advance(1)
  const deadline = clock.now() + 15
  await expect(submit([101], { deadline })).rejects.toMatchObject({ code: 'PREDICTED_LATE' })
  const inTime = submit([102], { deadline: clock.now() + 25 })
  await clock.advance(30)
  await expect(Promise.all([running, inTime])).resolves.toEqual([[1000], [1020]])
  expect(batches).not.toContainEqual([101])
})

test('sends fewer rows when more could not be there in time', async () => {
  const { clock, batcher, reports } = harness({
    maxBatchSize: 8,
    run: async (slices) => {
      const rows = slices.flatMap(rowsOf)
      await new Promise<void>((resolve) => clock.after(5 + 5 * rows.length, resolve))
      return slices.map(rowsOf)
    },
  })
  const submit = (deadline = Infinity): Promise<Numbers> =>
    batcher.submit({
      input: [1],
      rows: 1,
      key: 'a',
      deadline,
      isGone: () => false,
      context: 'none',
    })
  for (let round = 0; round < 12; round++) {
    const answers = Array.from({ length: 1 + (round % 4) }, () => submit())
    await clock.advance(40)
    await Promise.all(answers)
  }
  const urgent = submit(clock.now() + 22)
  const rest = [submit(), submit(), submit()]
  await clock.advance(200)
  await Promise.all([urgent, ...rest])
  expect(reports.map(({ reason }) => reason)).toContain('deadline')
})

describe('a batch that fails', () => {
  const poisoned = (slices: readonly Slice<Numbers, string>[]): boolean =>
    slices.some(({ input }) => input.includes(13))

  function poisonable(options: Options = {}): Harness {
    return harness({
      maxBatchSize: 64,
      run: async (slices) => {
        if (poisoned(slices)) throw new Error('13 is poison')
        return slices.map(rowsOf)
      },
      ...options,
    })
  }

  test('is run again in halves, so that the poisoned request fails alone', async () => {
    const { clock, submit, reports } = poisonable({ retry: true })
    const answers = Promise.allSettled(Array.from({ length: 32 }, (_, index) => submit([index])))
    await clock.advance(10)
    const failed = (await answers).flatMap(({ status }, index) =>
      status === 'rejected' ? [index] : [],
    )
    expect(failed).toEqual([13])
    expect(reports).toMatchObject([{ rows: 32, retries: 10 }])
  })

  test('is not run again for those who have left or whose time is over', async () => {
    const ran: number[][] = []
    let isGone = false
    const { clock, submit } = harness({
      maxBatchSize: 64,
      retry: true,
      run: async (slices) => {
        ran.push(slices.flatMap(rowsOf))
        await new Promise<void>((resolve) => clock.after(10, resolve))
        isGone = true
        if (poisoned(slices)) throw new Error('13 is poison')
        return slices.map(rowsOf)
      },
    })
    const gone = failureOf(submit([1], { isGone: () => isGone }))
    const late = failureOf(submit([2], { deadline: 5 }))
    const others = [submit([3]), submit([4])]
    const bad = failureOf(submit([13]))
    await clock.advance(200)
    expect(await gone).toMatchObject({ code: 'CANCELLED' })
    expect(await late).toMatchObject({ code: 'EXPIRED' })
    await expect(Promise.all(others)).resolves.toEqual([[3], [4]])
    expect(String(await bad)).toContain('poison')
    const again = ran.slice(1).flat()
    expect(again).not.toContain(1)
    expect(again).not.toContain(2)
  })

  test('fails with an error whose cause is itself', async () => {
    const error = new Error('round and round')
    error.cause = error
    const { clock, submit } = harness({ retry: true, run: () => Promise.reject(error) })
    const answers = [submit([1]), submit([2])].map(failureOf)
    await clock.advance(10)
    expect(await Promise.all(answers)).toEqual([error, error])
  })

  test('fails whole without leave to retry', async () => {
    const { clock, submit, reports } = poisonable()
    const answers = Promise.allSettled([submit([1]), submit([13])])
    await clock.advance(10)
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(reports).toMatchObject([{ retries: 0 }])
  })

  test('is run so often and no more, however many are poisoned', async () => {
    const { clock, submit, reports } = harness({
      maxBatchSize: 64,
      retry: true,
      run: async () => {
        throw new Error('nothing works')
      },
    })
    const answers = Promise.allSettled(Array.from({ length: 64 }, (_, index) => submit([index])))
    await clock.advance(10)
    expect((await answers).every(({ status }) => status === 'rejected')).toBe(true)
    expect(reports[0]?.retries).toBeLessThanOrEqual(28)
  })

  test.each([
    ['a timeout', new BentoError('TIMEOUT', 'Too slow')],
    ['a lost runner', new BentoError('WORKER_LOST', 'Gone')],
    ['no memory', new RangeError('Array buffer allocation failed')],
    [
      'no memory in the model',
      new BentoError('MODEL_RUN_FAILED', 'It failed', { cause: new Error('std::bad_alloc') }),
    ],
  ])('is never retried after %s', async (_, error) => {
    let runs = 0
    const { clock, submit } = harness({
      retry: true,
      run: async () => {
        runs++
        throw error
      },
    })
    const answers = [submit([1]), submit([2])].map(failureOf)
    await clock.advance(10)
    expect(await Promise.all(answers)).toEqual([error, error])
    expect(runs).toBe(1)
  })
})
