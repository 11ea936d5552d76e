import { expect, test } from '@jest/globals'
import { histogramSize, observe, observeAt } from '../../src/lib/histogram.ts'

test('counts a value in the first bucket that holds it', () => {
  const bounds = [1, 2, 5]
  const values = new Float64Array(histogramSize(bounds))
  for (const value of [0.5, 1, 1.5, 5, 100]) observe(values, bounds, value)
  expect([...values]).toEqual([108, 2, 1, 1, 1])
})

test('leaves the values around it alone', () => {
  const values = new Float64Array(5)
  observeAt(values, { from: 1, buckets: [1] }, 3)
  expect([...values]).toEqual([0, 3, 0, 1, 0])
})
