import { expect, test } from '@jest/globals'
import { failureOf, harness } from './harness.ts'

// 1.01 ms to launch and 1 ms for a row: the knee is at 20 rows.
const known = [1, 2, 4, 8, 16, 32, 64].map((rows) => ({ rows, ms: 1.01 + rows }))

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at)
}

test('cuts the very first batch at the knee', async () => {
  const { clock, submit, batches } = harness({ maxBatchSize: 64, known })
  const answers = Promise.all(numbers(40).map((row) => submit([row])))
  await clock.advance(100)
  await answers
  expect(batches[0]).toHaveLength(20)
})

test('refuses the first request that would come too late', async () => {
  const { clock, submit } = harness({ maxBatchSize: 64, known })
  const first = submit(numbers(64), { deadline: Infinity })
  const late = failureOf(submit(numbers(10), { deadline: 20 }))
  await clock.advance(100)
  await first
  expect(await late).toMatchObject({ code: 'PREDICTED_LATE' })
})

test('sends whatever waits as one batch where it is told to learn nothing', async () => {
  const { clock, submit, batches } = harness({
    maxBatchSize: 64,
    slots: 4,
    adaptive: false,
    known,
  })
  const answers = Promise.all([submit(numbers(40)), submit(numbers(2))])
  await clock.advance(100)
  await answers
  expect(batches.map((batch) => batch.length)).toEqual([42])
})
