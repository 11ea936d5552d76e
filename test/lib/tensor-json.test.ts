import { expect, test } from '@jest/globals'
import { toJson } from '../../src/lib/tensor-json.ts'
import { createTensor } from '../../src/lib/tensor-ops.ts'
import type { DType, TensorData } from '../../src/lib/tensor.ts'

test.each<[DType, TensorData, string]>([
  ['float32', Float32Array.of(1, NaN, Infinity, 0.5), '[[1.0,null],[null,0.5]]'],
  ['float16', Uint16Array.of(0x3c00, 0, 0, 0x7e00), '[[1.0,0.0],[0.0,null]]'],
  ['bool', Uint8Array.of(1, 0, 0, 1), '[[true,false],[false,true]]'],
  ['string', ['a', '"', 'é', ''], '[["a","\\""],["é",""]]'],
  ['int64', BigInt64Array.of(1n, 2n ** 62n, -1n, 0n), '[[1,4611686018427387904],[-1,0]]'],
])('writes %s as nested JSON', (dtype, data, expected) => {
  expect(toJson(createTensor(dtype, [2, 2], data))).toBe(expected)
})

test.each<[number[], string]>([
  [[], '7'],
  [[1, 1, 1], '[[[7]]]'],
])('writes the shape %j', (shape, expected) => {
  expect(toJson(createTensor('int64', shape, BigInt64Array.of(7n)))).toBe(expected)
  expect(toJson(createTensor('int32', shape, Int32Array.of(7)))).toBe(expected)
})

test('writes a tensor inside an answer', () => {
  const tensor = createTensor('float32', [2], Float32Array.of(1, 2))
  expect(JSON.stringify({ tensor })).toBe('{"tensor":[1,2]}')
})

test('never rounds a wide integer inside an answer', () => {
  const tensor = createTensor('int64', [1], BigInt64Array.of(2n ** 62n))
  expect(JSON.stringify({ tensor })).toMatch(/^\{"tensor":\["?4611686018427387904"?\]\}$/)
})
