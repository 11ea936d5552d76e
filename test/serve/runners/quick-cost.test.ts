import { expect, test } from '@jest/globals'
import { QuickCost } from '../../../src/serve/runners/quick-cost.ts'

test('knows nothing at first', () => {
  expect(new QuickCost().of(1)).toBe(Infinity)
})

test('takes the quickest run, however many were held up', () => {
  const cost = new QuickCost()
  for (const ms of [9, 0.02, 3, 0.5]) cost.learn(1, ms)
  expect(cost.of(1)).toBeLessThan(0.03)
})

test('comes to believe that a model has become slow', () => {
  const cost = new QuickCost()
  cost.learn(1, 0.01)
  for (let run = 0; run < 400; run++) cost.learn(1, 2)
  expect(cost.of(1)).toBe(2)
})

test('counts rows by the nearest size that was seen, a smaller one rather', () => {
  const cost = new QuickCost()
  cost.learn(8, 0.8)
  expect(cost.of(16)).toBeCloseTo(1.6)
  expect(cost.of(2)).toBeCloseTo(0.2)
  cost.learn(64, 3.2)
  expect(cost.of(64)).toBeCloseTo(3.2)
  expect(cost.of(40)).toBeCloseTo(2)
  expect(cost.of(16)).toBeCloseTo(1.6)
})
