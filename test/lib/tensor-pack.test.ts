import { expect, test } from '@jest/globals'
import { createTensor } from '../../src/lib/tensor-ops.ts'
import { packTensor, readPackedTensor, unpackTensor } from '../../src/lib/tensor-pack.ts'

test.each([
  createTensor('float32', [2, 2], Float32Array.of(1, NaN, -0, Infinity)),
  createTensor('float16', [2], Uint16Array.of(15360, 31744)),
  createTensor('int64', [1, 2], BigInt64Array.of(2n ** 53n + 1n, -1n)),
  createTensor('bool', [3], Uint8Array.of(1, 0, 1)),
  createTensor('string', [2, 1], ['Rome', '']),
])('packs tensors as JSON and back: $dtype', (tensor) => {
  const packed: unknown = JSON.parse(JSON.stringify(packTensor(tensor)))
  expect(unpackTensor(readPackedTensor(packed, ''))).toEqual(tensor)
})

test('packs the part of a buffer that is the tensor', () => {
  const part = Float64Array.of(1, 2, 3).subarray(1, 2)
  expect(unpackTensor(packTensor(createTensor('float64', [1], part))).data).toEqual(
    Float64Array.of(2),
  )
})

test.each([
  { dtype: 'float32', shape: [2], data: 'AAAA' },
  { dtype: 'string', shape: [2], data: ['one'] },
] as const)('refuses data that does not fill its shape: $dtype', (packed) => {
  expect(() => unpackTensor(packed)).toThrow('a tensor was cut off')
})
