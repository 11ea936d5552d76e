import { expect, test } from '@jest/globals'
import { batchSizeBuckets, durationBuckets } from '../../../src/serve/observe/buckets.ts'

test('has BentoML’s bounds by default', () => {
  expect(durationBuckets({})).toEqual([
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 180,
  ])
})

test('makes exponential bounds from min, max and factor', () => {
  expect(durationBuckets({ min: 0.1, max: 1, factor: 2 })).toEqual([0.1, 0.2, 0.4, 0.8, 1])
})

test('takes bounds as they are given', () => {
  expect(durationBuckets({ buckets: [1, 2] })).toEqual([1, 2])
})

test('doubles batch sizes up to the largest', () => {
  expect(batchSizeBuckets(100)).toEqual([1, 2, 4, 8, 16, 32, 64, 100])
  expect(batchSizeBuckets(1)).toEqual([1])
})
