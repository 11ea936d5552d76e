import { expect, test } from '@jest/globals'
import { ConcurrencyGate, shareOf } from '../../src/serve/concurrency.ts'

test.each([
  [5, 2, [3, 2]],
  [4, 4, [1, 1, 1, 1]],
  [7, 3, [3, 2, 2]],
])('shares %i out over %i workers without a rest', (limit, workers, expected) => {
  const shares = expected.map((_, index) => shareOf(limit, workers, index + 1))
  expect(shares).toEqual(expected)
})

test('refuses whom there is no room for, and says when to come back', () => {
  const gate = new ConcurrencyGate(1)
  gate.enter()
  expect(() => gate.enter()).toThrow(
    expect.objectContaining({ code: 'CONCURRENCY', status: 429, retryAfter: 1 }),
  )
  gate.leave()
  expect(() => gate.enter()).not.toThrow()
})

test('admits everybody without a limit', () => {
  const gate = new ConcurrencyGate()
  for (let request = 0; request < 1000; request++) gate.enter()
  expect(() => gate.enter()).not.toThrow()
})
