import { describe, expect, test } from '@jest/globals'
import { createTensor } from '../../src/lib/tensor-ops.ts'
import { createBatchAxis } from '../../src/service/batch-axis.ts'

const axis = createBatchAxis('classify', 'x')

function rows(...values: number[]): { x: unknown } {
  return { x: createTensor('float32', [values.length, 1], Float32Array.from(values)) }
}

describe('arrays', () => {
  test('are counted, joined and cut', () => {
    const joined = axis.joinInputs([{ x: ['a'] }, { x: [] }, { x: ['b', 'c'] }])
    expect(joined).toEqual({ x: ['a', 'b', 'c'] })
    expect(axis.rows(joined)).toBe(3)
    expect(axis.sliceInput(joined, 1, 3)).toEqual({ x: ['b', 'c'] })
  })

  test('of any kind share a batch', () => {
    expect(axis.key({ x: [1] })).toBe(axis.key({ x: ['a', {}] }))
  })

  test('whose rows are arrays keep them whole', () => {
    expect(axis.joinInputs([{ x: [[1, 2]] }, { x: [[3]] }])).toEqual({ x: [[1, 2], [3]] })
  })
})

describe('tensors', () => {
  test('are counted, joined and cut', () => {
    const joined = axis.joinInputs([rows(1), rows(2, 3)])
    expect(joined).toMatchObject({ x: { shape: [3, 1], data: Float32Array.of(1, 2, 3) } })
    expect(axis.sliceInput(joined, 1, 3)).toMatchObject({ x: { data: Float32Array.of(2, 3) } })
  })

  test('of another shape or dtype do not share a batch', () => {
    const wide = { x: createTensor('float32', [1, 2], new Float32Array(2)) }
    const double = { x: createTensor('float64', [1, 1], new Float64Array(1)) }
    expect(new Set([rows(1), wide, double].map((input) => axis.key(input))).size).toBe(3)
    expect(axis.key(rows(1))).toBe(axis.key(rows(1, 2)))
  })
})

test('works on a root input', () => {
  const root = createBatchAxis('classify')
  expect(root.joinInputs([[1], [2, 3]])).toEqual([1, 2, 3])
  expect(root.rows([1, 2])).toBe(2)
})

test.each([
  [
    ['a', 'b', 'c'],
    [['a'], [], ['b', 'c']],
  ],
  [Int32Array.of(1, 2, 3), [Int32Array.of(1), Int32Array.of(), Int32Array.of(2, 3)]],
])('gives each request its own rows of an answer', (answer, parts) => {
  expect(axis.splitOutput(answer, [1, 0, 2])).toEqual(parts)
  expect(axis.joinOutputs(parts)).toEqual(answer)
})

test('gives each request its own rows of a tensor', () => {
  const answer = createTensor('float32', [2, 1], Float32Array.of(1, 2))
  const parts = axis.splitOutput(answer, [1, 1])
  expect(parts).toMatchObject([{ data: Float32Array.of(1) }, { data: Float32Array.of(2) }])
  expect(axis.joinOutputs(parts)).toMatchObject({ shape: [2, 1] })
})

test.each([[['a']], [['a', 'b', 'c']], ['ab'], [undefined], [{ length: 2 }], [2]])(
  'refuses %p as the answer for two rows',
  (answer) => {
    expect(() => axis.splitOutput(answer, [1, 1])).toThrow(
      expect.objectContaining({ code: 'OUTPUT_INVALID' }),
    )
  },
)

test.each([[{ x: 'text' }], [{}], [null], [{ x: null }]])('finds no rows in %p', (input) => {
  expect(() => axis.rows(input)).toThrow(expect.objectContaining({ code: 'SERVICE_INVALID' }))
})
