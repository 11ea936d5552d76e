import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LatencyHistogram } from '../../src/load/latency-histogram.ts'

test('no percentile is off by more than 0.8 % of what was recorded, or a microsecond', () => {
  const latencies = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 })
  const percents = fc.double({ min: 0, max: 100, noNaN: true })
  fc.assert(
    fc.property(latencies, percents, (values, percent) => {
      const histogram = new LatencyHistogram()
      for (const value of values) histogram.record(value)
      const at = Math.max(1, Math.ceil((percent / 100) * values.length)) - 1
      const exact = values.toSorted((a, b) => a - b)[at] ?? 0
      const off = Math.abs(histogram.percentile(percent) - exact)
      expect(off).toBeLessThanOrEqual(exact * 0.008 + 0.001)
    }),
  )
})

test('knows the count, the mean and the largest exactly', () => {
  const histogram = new LatencyHistogram()
  for (const ms of [1, 2, 6.5]) histogram.record(ms)
  const { count, mean, max } = histogram
  expect({ count, mean, max }).toEqual({ count: 3, mean: 9.5 / 3, max: 6.5 })
})

test('is 0 everywhere while nothing is recorded', () => {
  const histogram = new LatencyHistogram()
  expect([histogram.percentile(99), histogram.mean, histogram.max]).toEqual([0, 0, 0])
})

test('puts every latency into one range of its spread', () => {
  const histogram = new LatencyHistogram()
  for (let ms = 1; ms <= 100; ms++) histogram.record(ms)
  const spread = histogram.spread(5)
  expect(spread.map(({ count }) => count).reduce((a, b) => a + b)).toBe(100)
  expect(spread.at(-1)?.upTo).toBeCloseTo(100)
})
