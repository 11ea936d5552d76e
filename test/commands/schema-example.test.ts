import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { exampleOf } from '../../src/commands/schema-example.ts'

test.each([
  ['a text', z.string(), 'text'],
  ['a number', z.number(), 1.5],
  ['a bounded number', z.number().min(10).max(11), 10],
  ['a probability', z.number().min(0).max(1), 0.5],
  ['a narrow range', z.number().gt(2).lt(2.1), 2.05],
  ['only an upper bound', z.number().lt(-3), -3.25],
  ['an integer', z.int(), 1],
  ['a large integer', z.int().gt(41), 42],
  ['a multiple', z.int().multipleOf(5).min(7), 10],
  ['a truth value', z.boolean(), true],
  ['a choice', z.enum(['setosa', 'virginica']), 'setosa'],
  ['a literal', z.literal('x'), 'x'],
  ['nothing', z.null(), null],
  ['perhaps a text', z.string().nullable(), 'text'],
  ['a list', z.array(z.string()), ['text']],
  ['a list of at least two', z.array(z.boolean()).min(2), [true, true]],
  ['a pair', z.tuple([z.string(), z.boolean()]), ['text', true]],
  ['an object', z.object({ a: z.string(), b: z.string().optional() }), { a: 'text' }],
  ['a record', z.record(z.string(), z.number()), {}],
  ['an address', z.email(), 'ann@example.com'],
  ['a long text', z.string().min(6), 'text text'.slice(0, 6)],
  ['a short text', z.string().max(2), 'te'],
])('%s gets an example that it accepts', (_name, schema, expected) => {
  const json = z.toJSONSchema(schema)
  const example = exampleOf(json, json)
  expect(example).toEqual(expected)
  expect(schema.safeParse(example).success).toBe(true)
})

test("the author's own example wins at any level", () => {
  const iris = z.object({ width: z.number() }).meta({ examples: [{ width: 5.1 }] })
  const json = z.toJSONSchema(z.object({ features: z.array(iris) }))
  expect(exampleOf(json, json)).toEqual({ features: [{ width: 5.1 }] })
})

test.each([
  [{ example: 7, type: 'integer' }, 7],
  [{ default: 'x', type: 'string' }, 'x'],
  [
    { allOf: [{ properties: { a: { const: 1 } }, required: ['a'] }, { example: { b: 2 } }] },
    { a: 1, b: 2 },
  ],
  [{ anyOf: [{ type: 'boolean' }, { type: 'string' }] }, true],
  [{ type: ['null', 'integer'] }, 1],
  [{}, null],
])('%j has the example %j', (schema, expected) => {
  expect(exampleOf(schema, schema)).toEqual(expected)
})

test('follows references within the document', () => {
  const document = { components: { schemas: { 'a/b': { const: 3 } } } }
  expect(exampleOf({ $ref: '#/components/schemas/a~1b' }, document)).toBe(3)
  expect(exampleOf({ $ref: '#/nowhere' }, document)).toBeNull()
})

test('ends in a schema that contains itself', () => {
  const document = {
    type: 'object',
    properties: { child: { $ref: '#' } },
    required: ['child'],
  }
  expect(JSON.stringify(exampleOf(document, document)).length).toBeLessThan(200)
})
