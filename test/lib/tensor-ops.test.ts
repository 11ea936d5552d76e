import { expect, test } from '@jest/globals'
import { concatRows, createTensor, isTensor, rowKey, sliceRows } from '../../src/lib/tensor-ops.ts'
import type { DType, TensorData } from '../../src/lib/tensor.ts'

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
