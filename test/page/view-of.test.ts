import { expect, test } from '@jest/globals'
import { viewOf } from '../../page/try/view-of.ts'

test.each([
  ['a number', 3, 'scalar'],
  ['null', null, 'scalar'],
  ['classes and their probabilities', { a: 0.9, b: 0.1 }, 'bars'],
  ['the best few of many classes', { a: 0.5, b: 0.2 }, 'bars'],
  ['a row of probabilities for each input', [{ a: 0.9, b: 0.1 }], 'bars'],
  ['numbers that add up to more than 1', { a: 0.9, b: 0.9 }, 'json'],
  ['numbers outside of 0 to 1', { a: -1, b: 2 }, 'json'],
  ['rows', [{ a: 1, b: 'x' }, { a: 2 }], 'table'],
  ['lists of one length by name', { a: [1, 2], b: ['x', 'y'] }, 'table'],
  ['lists of several lengths', { a: [1, 2], b: ['x'] }, 'json'],
  ['a matrix', [[1, 2], [3]], 'table'],
  ['deep arrays', [[[1]]], 'json'],
  ['nothing', [], 'json'],
])('shows %s: %j', (_what, value, type) => {
  expect(viewOf(value).type).toBe(type)
})

test('puts what is likely first', () => {
  expect(viewOf({ a: 0.25, b: 0.75 })).toEqual({
    type: 'bars',
    charts: [
      [
        { name: 'b', share: 0.75 },
        { name: 'a', share: 0.25 },
      ],
    ],
  })
})

test('leaves a gap where a row lacks a column', () => {
  expect(viewOf([{ a: 1 }, { b: 2 }])).toEqual({
    type: 'table',
    columns: ['a', 'b'],
    rows: [
      [1, undefined],
      [undefined, 2],
    ],
  })
})
