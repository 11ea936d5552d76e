import { expect, test } from '@jest/globals'
import { fromHalfBits, toHalfBits } from '../../src/lib/float16.ts'

test('gives every half float back', () => {
  const all = Array.from({ length: 0x10000 }, (_, bits) => bits)
  const numbers = all.filter((bits) => !Number.isNaN(fromHalfBits(bits)))
  expect(numbers).toHaveLength(0x10000 - 2 * 1023)
  expect(numbers.filter((bits) => toHalfBits(fromHalfBits(bits)) !== bits)).toEqual([])
  expect(toHalfBits(NaN)).toBe(0x7e00)
})

test.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65_504, 0x7bff],
  [65_520, 0x7c00],
  [65_519, 0x7bff],
  [1e9, 0x7c00],
  [-Infinity, 0xfc00],
  [5.960464477539063e-8, 0x0001],
  [2.9e-8, 0x0000],
  [1 + 1 / 2048, 0x3c00],
  [1 + 3 / 2048, 0x3c02],
])('rounds %d to the nearest, ties to even', (value, bits) => {
  expect(toHalfBits(value)).toBe(bits)
})
