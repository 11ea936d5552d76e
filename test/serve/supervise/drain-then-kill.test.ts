import { expect, test } from '@jest/globals'
import { drainThenKill } from '../../../src/serve/supervise/drain-then-kill.ts'

function pressAt(...times: readonly number[]): string[] {
  const calls: string[] = []
  const serving = { drain: () => calls.push('drain'), kill: () => calls.push('kill') }
  let now = 0
  const press = drainThenKill(serving, () => undefined, { now: () => now })
  for (const time of times) {
    now = time
    press()
  }
  return calls
}

test('the first Ctrl-C drains', () => {
  expect(pressAt(1000)).toEqual(['drain'])
})

test('a second one ends at once', () => {
  expect(pressAt(1000, 3000)).toEqual(['drain', 'kill'])
})

test('what npm repeats of the first is no second one', () => {
  expect(pressAt(1000, 1002, 1003, 1400)).toEqual(['drain'])
})
