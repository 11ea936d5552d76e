import { expect, test } from '@jest/globals'
import { toJson } from '../../src/lib/tensor-json.ts'
import { concatRows, createTensor, isTensor, rowKey, sliceRows } from '../../src/lib/tensor-ops.ts'
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

test('joins rows and cuts them again', () => {
  const a = createTensor('float32', [1, 2], Float32Array.of(1, 2))
  const b = createTensor('float32', [2, 2], Float32Array.of(3, 4, 5, 6))
  const joined = concatRows([a, b])
  expect(joined).toMatchObject({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) })
  expect(sliceRows(joined, 1, 3)).toMatchObject({ shape: [2, 2], data: b.data })
})

test.each<[DType, TensorData, TensorData]>([
  ['string', ['a'], ['b', 'c']],
  ['int64', BigInt64Array.of(1n), BigInt64Array.of(2n, 3n)],
])('joins %s', (dtype, first, second) => {
  const joined = concatRows([
    createTensor(dtype, [first.length], first),
    createTensor(dtype, [second.length], second),
  ])
  expect([...joined.data]).toEqual([...first, ...second])
})

test('joins what is a view of a larger buffer', () => {
  const view = new Float32Array([9, 1, 2, 9]).subarray(1, 3)
  const tensor = createTensor('float32', [2], view)
  expect(concatRows([tensor, tensor]).data).toEqual(Float32Array.of(1, 2, 1, 2))
})

test('copies a part, so that giving its buffer away harms nobody', () => {
  const whole = createTensor('float32', [2], Float32Array.of(1, 2))
  const part = sliceRows(whole, 0, 1)
  expect(part.data).not.toBe(whole.data)
  Reflect.set(part.data, 0, 9)
  expect(whole.data).toEqual(Float32Array.of(1, 2))
})

test('keys what may be joined by dtype and trailing shape', () => {
  const data = new Float32Array(6)
  expect(rowKey(createTensor('float32', [2, 3], data))).toBe('float32,3')
  expect(rowKey(createTensor('float32', [1, 3, 2], data))).toBe('float32,3,2')
})

test.each([null, 3, [], {}, { dtype: 'float32', shape: [1], data: 'x' }, new Float32Array(1)])(
  'does not take %p for a tensor',
  (value) => {
    expect(isTensor(value)).toBe(false)
  },
)
