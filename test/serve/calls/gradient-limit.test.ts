import { expect, test } from '@jest/globals'
import { GradientLimit } from '../../../src/serve/calls/gradient-limit.ts'

/** Calls under load: as many at once as the limit allows, each as long as `msOf` says for that many. */
function load(limit: GradientLimit, calls: number, msOf: (atOnce: number) => number): void {
  for (let call = 0; call < calls; call++) limit.ended(msOf(limit.value), limit.value)
}

test('lets more in while that makes no call longer', () => {
  const limit = new GradientLimit()
  const before = limit.value
  load(limit, 2000, () => 5)
  expect(limit.value).toBeGreaterThan(4 * before)
  expect(limit.usualMs).toBeCloseTo(5)
})

test('does not grow for calls that come one by one', () => {
  const limit = new GradientLimit()
  const before = limit.value
  for (let call = 0; call < 1000; call++) limit.ended(5, 1)
  expect(limit.value).toBe(before)
})

test('lets fewer in when calls take much longer than usual, never fewer than four, and recovers', () => {
  const limit = new GradientLimit()
  load(limit, 500, () => 5)
  const usual = limit.value
  load(limit, 100, () => 100)
  expect(limit.value).toBeLessThan(usual / 2)
  load(limit, 100_000, (atOnce) => 5 * atOnce ** 2)
  expect(limit.value).toBeGreaterThanOrEqual(4)
  load(limit, 3000, () => 5)
  expect(limit.usualMs).toBeLessThan(10)
  expect(limit.value).toBeGreaterThanOrEqual(usual)
})
