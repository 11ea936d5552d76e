import { expect, test } from '@jest/globals'
import { createTensor } from '../../src/lib/tensor-ops.ts'
import type { ValueInfo } from '../../src/lib/tensor.ts'
import { toModelInputs } from '../../src/service/model-inputs.ts'

test('takes any shape for an input of which the model does not say it', () => {
  const x: ValueInfo = { name: 'x', dtype: 'float32', shape: [] }
  const shapeOf = (given: unknown) => toModelInputs(given, [x], 'net:v1')['x']?.shape
  expect(shapeOf({ x: [[1, 2]] })).toEqual([1, 2])
  expect(shapeOf({ x: createTensor('float32', [2], Float32Array.of(1, 2)) })).toEqual([2])
  expect(shapeOf({ x: 3 })).toEqual([])
})
