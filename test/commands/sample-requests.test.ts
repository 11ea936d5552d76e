import { expect, test } from '@jest/globals'
import { sampleBodies } from '../../src/commands/sample-requests.ts'
import { createTensor } from '../../src/lib/tensor-ops.ts'

const features = createTensor('float32', [2, 2], Float32Array.of(1, 2.5, NaN, 4))
const age = createTensor('int64', [2, 1], BigInt64Array.of(30n, 9_007_199_254_740_993n))
const city = createTensor('string', [2], ['Rome', 'Oslo'])
const numbers = { type: 'array', items: { type: 'number' } }

function objectOf(properties: Readonly<Record<string, unknown>>): object {
  return { type: 'object', properties, required: Object.keys(properties) }
}

test('makes a request of each row', () => {
  const schema = objectOf({ features: { type: 'array', items: numbers } })
  expect(sampleBodies({ features }, schema, {})).toEqual([
    '{"features":[[1.0,2.5]]}',
    '{"features":[[null,4.0]]}',
  ])
})

test('gives rows as lists where they may be objects too', () => {
  const items = { anyOf: [objectOf({ a: { type: 'number' } }), numbers] }
  const schema = objectOf({ features: { type: 'array', items } })
  expect(sampleBodies({ features }, schema, {})).toHaveLength(2)
})

test('makes objects of inputs that are a column each', () => {
  const columns = objectOf({ age: { type: ['integer', 'null'] }, city: { type: 'string' } })
  const document = { components: { schemas: { Row: columns } } }
  const rows = { type: 'array', items: { $ref: '#/components/schemas/Row' } }
  expect(sampleBodies({ age, city }, objectOf({ rows }), document)).toEqual([
    '{"rows":[{"age":30,"city":"Rome"}]}',
    '{"rows":[{"age":9007199254740993,"city":"Oslo"}]}',
  ])
})

test('keeps together what a method takes only as a whole', () => {
  const schema = objectOf({
    features: { type: 'array', items: numbers, minItems: 2, maxItems: 2 },
  })
  expect(sampleBodies({ features }, schema, {})).toEqual(['{"features":[[1.0,2.5],[null,4.0]]}'])
})

test.each([
  ['another name', objectOf({ rows: { type: 'array', items: numbers } })],
  ['more than the model', objectOf({ features: numbers, limit: { type: 'number' } })],
  ['objects whose columns the model does not name', objectOf({ features: [{ type: 'object' }] })],
  ['no list', objectOf({ features: { type: 'number' } })],
  ['nothing', {}],
])('makes none where the method takes %s', (_what, schema) => {
  expect(sampleBodies({ features }, schema, {})).toBeUndefined()
})
