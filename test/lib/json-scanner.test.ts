import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { JsonScanner } from '../../src/lib/json-scanner.ts'

function scan(text: string): number | undefined {
  const scanner = new JsonScanner(Buffer.from(text))
  const float = scanner.takeFloat32()
  return scanner.isAtEnd() ? float : undefined
}

function parse(text: string): number {
  return Math.fround(Number(JSON.parse(text)))
}

describe('a number is the float32 that JSON.parse and Math.fround give', () => {
  test('of any double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        // What JSON itself writes for it; -0 has its sign there only as text.
        const text = Object.is(double, -0) ? '-0' : String(double)
        expect(scan(text)).toBe(parse(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('of any digits, point and exponent', () => {
    const digits = fc.stringMatching(/^\d{1,40}$/)
    const whole = fc.stringMatching(/^(0|[1-9]\d{0,40})$/)
    const exponent = fc.tuple(
      fc.constantFrom('e', 'E', 'e-', 'e+'),
      fc.integer({ min: 0, max: 400 }),
    )
    const number = fc.tuple(
      fc.constantFrom('', '-'),
      whole,
      fc.option(digits.map((text) => `.${text}`)).map((text) => text ?? ''),
      fc.option(exponent.map((parts) => parts.join(''))).map((text) => text ?? ''),
    )
    fc.assert(
      fc.property(
        number.map((parts) => parts.join('')),
        (text) => {
          expect(scan(text)).toBe(parse(text))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('beside the point in the middle between two floats', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (float) => {
        const next = new Float32Array([float])
        const bits = new Int32Array(next.buffer)
        bits[0] = (bits[0] ?? 0) + 1
        fc.pre(Number.isFinite(next[0] ?? NaN))
        const middle = (float + (next[0] ?? NaN)) / 2
        for (const text of [middle.toPrecision(17), middle.toPrecision(20), `${middle}`]) {
          expect(scan(text)).toBe(parse(text))
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test.each(['', '-', '+1', '.5', '1.', '01', '1e', '1e+', 'NaN', 'Infinity', '0x1', '"1"', '1 2'])(
  '%j is no number',
  (text) => {
    expect(scan(text)).toBeUndefined()
  },
)

test('space stands before what is taken', () => {
  const scanner = new JsonScanner(Buffer.from(' \t\r\n{ "ä": 1.5}\n'))
  expect(scanner.take(0x7b)).toBe(true)
  expect(scanner.takeAll(Buffer.from('"b"'))).toBe(false)
  expect(scanner.takeAll(Buffer.from('"ä"'))).toBe(true)
  expect(scanner.take(0x3a)).toBe(true)
  expect(scanner.takeFloat32()).toBe(1.5)
  expect(scanner.isAtEnd()).toBe(false)
  expect(scanner.take(0x7d)).toBe(true)
  expect(scanner.isAtEnd()).toBe(true)
})
