import { expect, test } from '@jest/globals'
import { findDrift, renderDrift } from '../../src/verify/find-drift.ts'

const tolerance = { absolute: 1e-6, relative: 1e-3 }

test.each([
  [1, 1.0009],
  [-1000, -1000.9],
  [0, 1e-7],
  ['a', 'a'],
  [null, null],
  [[{ a: [1, 2] }], [{ a: [1.0001, 2] }]],
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
])('finds none from %j to %j', (was, is) => {
  expect(findDrift(was, is, tolerance)).toEqual([])
})

test.each<[unknown, unknown, readonly string[]]>([
  [1, 1.0011, ['the answer was 1, is 1.0011']],
  [0, 1e-5, ['the answer was 0, is 0.00001']],
  [1, '1', ['the answer was 1, is "1"']],
  [null, 0, ['the answer was null, is 0']],
  [
    { p: [[0.1, 0.9]] },
    { p: [[0.2, 0.8]] },
    ['p[0][0] was 0.1, is 0.2', 'p[0][1] was 0.9, is 0.8'],
  ],
  [{ a: 1 }, { b: 1 }, ['a was 1, and is gone', 'b is new: 1']],
  [[1, 2], [1], ['the answer was [1,2], is [1]']],
  [{ a: { b: [true] } }, { a: { b: [false] } }, ['a.b[0] was true, is false']],
])('names each field from %j to %j', (was, is, lines) => {
  expect(findDrift(was, is, tolerance).map(renderDrift)).toEqual(lines)
})
