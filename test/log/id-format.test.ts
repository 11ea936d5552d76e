import { expect, test } from '@jest/globals'
import { compileIdFormat } from '../../src/log/id-format.ts'

// As Python writes format(0x00f067aa0ba902b7, …).
test.each([
  ['016x', '00f067aa0ba902b7'],
  ['x', 'f067aa0ba902b7'],
  ['16x', '  f067aa0ba902b7'],
  ['018X', '0000F067AA0BA902B7'],
  ['d', '67667974448284343'],
  ['020d', '00067667974448284343'],
  ['4d', '67667974448284343'],
])('writes a number as %s', (format, text) => {
  expect(compileIdFormat(format, 16)('00f067aa0ba902b7')).toBe(text)
})
