import { expect, test } from '@jest/globals'
import { BackOff } from '../../../src/serve/supervise/back-off.ts'

test('replaces a worker that was ready for long nearly at once', () => {
  const backOff = new BackOff()
  expect(backOff.delayAfter(60_000)).toBeLessThan(2000)
  expect(backOff.isLooping).toBe(false)
})

test('waits ever longer in a crash loop, up to a bound, and calls it one', () => {
  const backOff = new BackOff()
  const delays = Array.from({ length: 9 }, () => backOff.delayAfter(50))
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
  expect(backOff.isLooping).toBe(true)
})

test('forgets a crash loop once a worker lived', () => {
  const backOff = new BackOff()
  for (let death = 0; death < 5; death++) backOff.delayAfter(50)
  expect(backOff.delayAfter(60_000)).toBe(100)
  expect(backOff.isLooping).toBe(false)
})
