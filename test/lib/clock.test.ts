import { expect, test } from '@jest/globals'
import { systemClock } from '../../src/lib/clock.ts'

test.each([2 ** 31, 1e12, Infinity])('waits %d milliseconds, and not one', async (delayMs) => {
  let fired = false
  const cancel = systemClock.after(delayMs, () => (fired = true))
  await new Promise((resolve) => setTimeout(resolve, 20))
  cancel()
  expect(fired).toBe(false)
})
