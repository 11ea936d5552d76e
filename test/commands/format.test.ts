import { expect, test } from '@jest/globals'
import { renderAge } from '../../src/commands/format.ts'

test.each([
  [0, 'now'],
  [59, 'now'],
  [60, '1 min'],
  [3599, '59 min'],
  [3600, '1 h'],
  [86_399, '23 h'],
  [86_400 * 400, '400 d'],
])('writes an age of %d seconds as "%s"', (seconds, text) => {
  expect(renderAge(new Date(0), new Date(seconds * 1000))).toBe(text)
})
