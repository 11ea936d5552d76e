import { expect, test } from '@jest/globals'
import { bentoSchemaOf, tensor, tensorKeyword } from '../../src/service/tensor-schema.ts'

test('is a Standard Schema with a JSON Schema of nested arrays', () => {
  const schema = tensor({ dtype: 'int32', shape: [null, 2] })
  expect(schema['~standard']).toMatchObject({ version: 1, vendor: 'bentojs' })
  const jsonSchema = schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' })
  expect(jsonSchema).toEqual({
    [tensorKeyword]: { dtype: 'int32', shape: [null, 2] },
    type: 'array',
    items: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 },
  })
  expect(bentoSchemaOf(jsonSchema[tensorKeyword])).toEqual(schema.bentoSchema)
})

test.each([
  [{}, { type: 'tensor', format: 'numpy-array', dtype: 'float32' }],
  [
    { shape: [null, 4] },
    { type: 'tensor', format: 'numpy-array', dtype: 'float32', dim: 2, shape: [-1, 4] },
  ],
  [{ shape: [null, null] }, { type: 'tensor', format: 'numpy-array', dtype: 'float32', dim: 2 }],
  [
    { dtype: 'string', shape: [1] },
    { type: 'tensor', format: 'numpy-array', dim: 1, shape: [1] },
  ],
] as const)("%j has BentoML's words", (options, expected) => {
  expect(tensor(options).bentoSchema).toEqual(expected)
})

test.each([[null], [{}], [{ dtype: 'float128' }], ['float32']])('%p is no tensor', (value) => {
  expect(bentoSchemaOf(value)).toBeUndefined()
})

test('gives the value or one issue', () => {
  const { validate } = tensor({ shape: [2] })['~standard']
  expect(validate([1, 2])).toMatchObject({ value: { shape: [2] } })
  expect(validate([1, 2, 3])).toMatchObject({
    issues: [{ message: 'Input should have the shape [2], not [3]', path: [] }],
  })
})
