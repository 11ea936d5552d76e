import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { JsonScanner } from '../../src/lib/json-scanner.ts'
import { readTensor } from '../../src/lib/tensor-read.ts'
import { scanFloats } from '../../src/lib/tensor-scan.ts'
import type { Tensor } from '../../src/lib/tensor.ts'

function scan(text: string, rank: number): Tensor | undefined {
  const scanner = new JsonScanner(Buffer.from(text))
  const tensor = scanFloats(scanner, rank)
  return scanner.isAtEnd() ? tensor : undefined
}

describe('nested arrays in bytes', () => {
  test.each([1, 2, 3])('are the tensor that their values make, at rank %j', (rank) => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: rank, maxLength: rank })
    const arrays = shapes.chain((shape) =>
      shape
        .toReversed()
        .reduce<fc.Arbitrary<unknown>>(
          (items, length) => fc.array(items, { minLength: length, maxLength: length }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        ),
    )
    fc.assert(
      fc.property(arrays, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        const shape = Array<null>(rank).fill(null)
        const { tensor } = readTensor(JSON.parse(text), { dtype: 'float32', shape })
        expect(scan(text, rank)).toEqual(tensor)
      }),
    )
  })

  test('may have more elements than most', () => {
    const row = Array.from({ length: 200 }, (_, i) => i / 256)
    const rows = Array<number[]>(300).fill(row)
    const tensor = scan(JSON.stringify(rows), 2)
    expect(tensor?.shape).toEqual([300, 200])
    expect(tensor?.data).toEqual(Float32Array.from(rows.flat()))
  })

  test('keep what they hold when the next are read', () => {
    const first = scan('[1, 2]', 1)
    scan('[3, 4]', 1)
    expect(first?.data).toEqual(Float32Array.of(1, 2))
  })
})

test.each([
  ['[]', 1],
  ['[[]]', 2],
  ['[[1, 2], [3]]', 2],
  ['[[1], 2]', 2],
  ['[1]', 2],
  ['[[1]]', 1],
  ['[1, null]', 1],
  ['[1, "2"]', 1],
  ['[1, NaN]', 1],
  ['[1,]', 1],
  ['[1', 1],
  ['[1]]', 1],
  ['1', 1],
])('%s at rank %j is left to others', (text, rank) => {
  expect(scan(text, rank)).toBeUndefined()
})
