import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findJsonError } from '../../src/lib/json-error.ts'

test.each([
  ['{bad', 1],
  ['', 0],
  ['[1,2', 4],
  ['[1,]', 3],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{"a":}', 5],
  ['{1:2}', 1],
  ['[1 2]', 3],
  ['[1}', 2],
  ['01', 1],
  ['"a\nb"', 2],
  ['"\\x"', 1],
  ['nul', 0],
  ['[NaN,-Infinity,nan]', 15],
  ['1 1', 2],
  ['\ufeff{}', 0],
])('finds where %j goes wrong', (text, offset) => {
  expect(() => void JSON.parse(text)).toThrow('JSON')
  expect(findJsonError(text).offset).toBe(offset)
})

test('counts lines and columns from one', () => {
  expect(findJsonError('{\n  "a": 1,\n  b\n}')).toEqual({ offset: 14, line: 3, column: 3 })
})

test('passes over a valid text to its end', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 1)
      expect(findJsonError(text).offset).toBe(text.length)
    }),
  )
})

test('agrees with the engine about what is left of a cut text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
      const text = `[${JSON.stringify(value)}]`
      const part = text.slice(0, cut % text.length)
      expect(findJsonError(part).offset).toBeLessThanOrEqual(part.length)
      expect(() => void JSON.parse(part)).toThrow('JSON')
    }),
  )
})

test('survives a text as deep as it is long, and a long string', () => {
  expect(findJsonError('['.repeat(200_000)).offset).toBe(200_000)
  expect(findJsonError(`"${'a\\n'.repeat(500_000)}`).offset).toBe(1_500_001)
})
