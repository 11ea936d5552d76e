import { expect, test } from '@jest/globals'
import { ServiceModel } from '../../../src/serve/batching/service-model.ts'

const measured = [
  { rows: 1, ms: 2 },
  { rows: 8, ms: 5 },
  { rows: 64, ms: 30 },
]

test('knows nothing before the first batch', () => {
  expect(new ServiceModel().of(8)).toBe(0)
})

test('starts from what was measured before', () => {
  const model = new ServiceModel(measured)
  expect([1, 8, 64].map((rows) => model.of(rows))).toEqual([2, 5, 30])
  expect(model.of(36)).toBeCloseTo(17.5)
  expect(model.batches).toBeGreaterThanOrEqual(8)
  expect(model.residual).toBe(0)
})

test('lets traffic correct what was measured on another machine', () => {
  const model = new ServiceModel(measured)
  for (let batch = 0; batch < 40; batch++) model.learn(8, 15)
  expect(model.of(8)).toBeCloseTo(15, 1)
  expect(model.pessimistic(8)).toBeGreaterThan(model.of(8))
})
