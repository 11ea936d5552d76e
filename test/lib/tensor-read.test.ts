import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toNested } from '../../src/lib/tensor-json.ts'
import { readTensor } from '../../src/lib/tensor-read.ts'
import type { DType } from '../../src/lib/tensor.ts'

describe('nested arrays', () => {
  test('become one typed array', () => {
    const { tensor } = readTensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { dtype: 'float32', shape: [null, 3] },
    )
    expect(tensor).toMatchObject({ dtype: 'float32', shape: [2, 3] })
    expect(tensor?.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6))
  })

  test('come back from a tensor as they were', () => {
    const rows = fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.array(fc.array(fc.float({ noNaN: true }), { minLength: width, maxLength: width }), {
        minLength: 1,
      }),
    )
    fc.assert(
      fc.property(rows, (value) => {
        const { tensor } = readTensor(value, { dtype: 'float32' })
        expect(tensor && toNested(tensor)).toEqual(value)
      }),
    )
  })

  test.each([
    [[], [null, 4], [0, 4]],
    [[[]], [1, null], [1, 0]],
    [
      [[[1]], [[2]]],
      [null, 1, 1],
      [2, 1, 1],
    ],
    [[], undefined, [0]],
    [[[], []], undefined, [2, 0]],
  ])('%j of the pattern %j has the shape %j', (value, shape, expected) => {
    const { tensor } = readTensor(value, { dtype: 'float32', ...(shape && { shape }) })
    expect(tensor?.shape).toEqual(expected)
  })

  test.each<[unknown, (number | null)[] | undefined, string, number[]]>([
    [[[1, 2], [3]], [null, 2], 'value_error', [1]],
    [[[1, 2], 3], [null, 2], 'list_type', [1]],
    [[[1], [[2]]], [null, 1], 'float_type', [1, 0]],
    [[[1, null]], [null, 2], 'float_type', [0, 1]],
    [[[1, '2']], [null, 2], 'float_parsing', [0, 1]],
    [[1, 2], [null, 2], 'list_type', [0]],
    [[[1, 2, 3]], [null, 2], 'value_error', []],
    [[[[1]]], [null, 1], 'float_type', [0, 0]],
    [{ length: 2 }, [null], 'list_type', []],
    [4, [null], 'list_type', []],
    [null, undefined, 'list_type', []],
  ])('%j does not fit %j: %s', (...[value, shape, type, path]) => {
    const { problem } = readTensor(value, { dtype: 'float32', ...(shape && { shape }) })
    expect(problem).toMatchObject({ type, path })
  })

  test('that are ragged claim no memory for what they do not have', () => {
    const wide = Array<number>(100_000).fill(1)
    const value = [wide, ...Array.from({ length: 100_000 }, () => [])]
    expect(readTensor(value, { dtype: 'float64' }).problem).toMatchObject({ path: [1] })
  })

  test('that are deeper than any model are refused', () => {
    let value: unknown = 1
    for (let i = 0; i < 10_000; i += 1) value = [value]
    expect(readTensor(value, { dtype: 'float32' }).problem?.message).toBe(
      'Input should have at most 32 dimensions',
    )
  })
})

test.each<[DType, unknown, string]>([
  ['int8', 128, 'less_than_equal'],
  ['int8', -129, 'greater_than_equal'],
  ['uint8', -1, 'greater_than_equal'],
  ['int32', 2 ** 31, 'less_than_equal'],
  ['int32', 1.5, 'int_from_float'],
  ['int32', '1', 'int_parsing'],
  ['int32', null, 'int_type'],
  ['int64', 2 ** 53, 'less_than_equal'],
  ['int64', 2n ** 63n, 'less_than_equal'],
  ['uint64', -1, 'greater_than_equal'],
  ['bool', 2, 'bool_type'],
  ['string', 2, 'string_type'],
  ['float16', 'x', 'float_parsing'],
])('%s does not hold %p: %s', (dtype, element, type) => {
  expect(readTensor([element], { dtype, shape: [null] }).problem).toMatchObject({ type, path: [0] })
})

test.each<[DType, unknown[], unknown]>([
  ['int8', [-128, 127], Int8Array.of(-128, 127)],
  ['int64', [1, 2n ** 62n], BigInt64Array.of(1n, 2n ** 62n)],
  ['uint64', [0, 2n ** 64n - 1n], BigUint64Array.of(0n, 2n ** 64n - 1n)],
  ['bool', [true, 0, 1], Uint8Array.of(1, 0, 1)],
  ['string', ['a', ''], ['a', '']],
  ['float16', [1, -2], Uint16Array.of(0x3c00, 0xc000)],
  ['float64', [0.1], Float64Array.of(0.1)],
])('%s holds %j', (dtype, elements, data) => {
  expect(readTensor(elements, { dtype }).tensor?.data).toEqual(data)
})

describe('typed arrays', () => {
  test.each<[(number | null)[] | undefined, number[]]>([
    [undefined, [6]],
    [[null], [6]],
    [
      [null, 3],
      [2, 3],
    ],
    [
      [2, 3],
      [2, 3],
    ],
    [
      [1, null, 2],
      [1, 3, 2],
    ],
  ])('take the shape that %j leaves them', (shape, expected) => {
    const data = new Float32Array(6)
    const { tensor } = readTensor(data, { dtype: 'float32', ...(shape && { shape }) })
    expect(tensor?.shape).toEqual(expected)
    expect(tensor?.data).toBe(data)
  })

  test.each<[(number | null)[]]>([[[null, null]], [[null, 4]], [[5]], [[]]])(
    'of six elements do not fill %j',
    (shape) => {
      const { problem } = readTensor(new Float32Array(6), { dtype: 'float32', shape })
      expect(problem?.type).toBe('value_error')
    },
  )

  test('of another type are converted, or refused where they do not fit', () => {
    const pattern = { dtype: 'int8' } as const
    expect(readTensor(Float64Array.of(1, -2), pattern).tensor?.data).toEqual(Int8Array.of(1, -2))
    expect(readTensor(Int32Array.of(1, 300), pattern).problem).toMatchObject({ path: [1] })
  })
})

describe('tensors', () => {
  test('of another dtype are converted', () => {
    const half = { dtype: 'float16', shape: [1, 2], data: Uint16Array.of(0x3c00, 0xc000) }
    const { tensor } = readTensor(half, { dtype: 'float32', shape: [null, 2] })
    expect(tensor).toMatchObject({ shape: [1, 2], data: Float32Array.of(1, -2) })
  })

  test.each<[unknown[], string]>([
    [[2, 2], 'data of another length'],
    [[-1, -3], 'negative lengths'],
    [[NaN], 'a length that is no number'],
    [[2 ** 53, 2 ** 53], 'an overflowing product'],
    [['3'], 'a length that is text'],
  ])('of the shape %j are refused: %s', (shape) => {
    const value = { dtype: 'float32', shape, data: new Float32Array(3) }
    expect(readTensor(value, { dtype: 'float32' }).problem?.type).toBe('value_error')
  })

  test.each([[[300_000_000, 0]], [[2, 100_000, 0]], [Array<number>(33).fill(1)]])(
    'of the shape %j are refused, which a few bytes would fill',
    (shape) => {
      const data = new Float32Array(shape.includes(0) ? 0 : 1)
      const { problem } = readTensor({ dtype: 'float32', shape, data }, { dtype: 'float32' })
      expect(problem?.message).toMatch(/too long to be empty|at most 32 dimensions/)
    },
  )

  test.each([[[0, 224, 224, 3]], [[8, 0, 4]]])('of the shape %j may be empty', (shape) => {
    const value = { dtype: 'float32', shape, data: new Float32Array(0) }
    expect(readTensor(value, { dtype: 'float32' }).tensor?.shape).toEqual(shape)
  })

  test('of a dtype that does not exist, or whose data are not its own, are refused', () => {
    const foreign = { dtype: 'float32', shape: [1], data: ['x'] }
    expect(readTensor(foreign, { dtype: 'float32' }).problem?.type).toBe('float_parsing')
    const object = { dtype: 'string', shape: [1], data: [{}] }
    expect(readTensor(object, { dtype: 'string' }).problem?.type).toBe('string_type')
  })
})

test('takes a scalar where the rank is zero', () => {
  expect(readTensor(3, { dtype: 'int32', shape: [] }).tensor).toMatchObject({ shape: [] })
  expect(readTensor('x', { dtype: 'int32', shape: [] }).problem?.type).toBe('int_parsing')
})
