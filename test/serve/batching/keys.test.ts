import { expect, test } from '@jest/globals'
import { harness } from './harness.ts'

/* Keys come from shapes, and shapes from clients. */

test('remembers what is learned of a key in use, however many others come and go', async () => {
  const { clock, submit, reports } = harness()
  for (let round = 0; round < 300; round++) {
    const answers = [submit([1], { key: 'usual' }), submit([1], { key: `other ${round}` })]
    await clock.advance(30)
    await Promise.all(answers)
  }
  const predicted = reports.map(({ predictedMs }) => predictedMs)
  // Of each round one batch is of a key that nobody knows.
  expect(predicted.filter((ms) => ms === 0)).toHaveLength(300 + 1)
})

test('holds no more than it must of thousands of keys that waited at once', async () => {
  const { clock, submit, batcher } = harness({ batchMs: 1 })
  const answers = Array.from({ length: 3000 }, (_, index) => submit([index], { key: `${index}` }))
  expect(batcher.keys).toBe(3000)
  for (let time = 0; time < 3000; time += 500) await clock.advance(500)
  await Promise.all(answers)
  expect(batcher.keys).toBeLessThanOrEqual(64)
})
