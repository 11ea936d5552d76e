import { expect, test } from '@jest/globals'
import { parseRequestTimeout } from '../../src/lib/request-timeout.ts'

test.each([
  [undefined, undefined],
  ['2', 2000],
  ['0.25', 250],
])('reads %p as %p ms', (header, ms) => {
  expect(parseRequestTimeout(header)).toBe(ms)
})

test.each(['0', '-1', '', 'soon', '1e3', '2, 3', 'Infinity', '0x10', '9'.repeat(5000)])(
  'refuses %p',
  (header) => {
    expect(() => parseRequestTimeout(header)).toThrow(
      expect.objectContaining({ code: 'HEADER_INVALID' }),
    )
  },
)
