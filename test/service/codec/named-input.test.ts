import { describe, expect, test } from '@jest/globals'
import * as v from 'valibot'
import { z } from 'zod'
import { renderNpy } from '../../../src/lib/npy.ts'
import { createTensor } from '../../../src/lib/tensor-ops.ts'
import { compileCodec } from '../../../src/service/codec/compile.ts'
import type { InputSchema } from '../../../src/service/schema-types.ts'
import { tensor } from '../../../src/service/tensor-schema.ts'

const add = compileCodec({ name: 'add', input: { a: z.number(), b: z.number().default(2) } })

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : ['not an object']
}

function detailOf(input: InputSchema, body: string): unknown {
  try {
    compileCodec({ name: 'method', input }).decode(Buffer.from(body), undefined)
  } catch (error) {
    return error instanceof Object && 'detail' in error ? error.detail : error
  }
  return 'accepted'
}

describe('a body of named parameters', () => {
  test.each([
    [undefined],
    ['application/json'],
    ['APPLICATION/JSON'],
    [' application/json ; charset=utf-8'],
    ['application/vnd.api+json'],
  ])('is JSON with the content type %p', (contentType) => {
    expect(add.decode(Buffer.from('{"a":1,"more":true}'), contentType)).toEqual({ a: 1, b: 2 })
  })

  test.each(['text/plain', 'application/octet-stream', 'image/png', 'json'])(
    'is not %s',
    (contentType) => {
      expect(() => add.decode(Buffer.from('{"a":1}'), contentType)).toThrow(
        expect.objectContaining({ code: 'MEDIA_TYPE_UNSUPPORTED' }),
      )
    },
  )

  test('may be empty where every parameter may be absent', () => {
    const codec = compileCodec({ name: 'greet', input: { name: z.string().optional() } })
    expect(codec.decode(Buffer.alloc(0), undefined)).toEqual({})
  })

  test('leaves the key of an absent parameter out', () => {
    const codec = compileCodec({ name: 'greet', input: { name: z.string().optional() } })
    expect(keysOf(codec.decode(Buffer.from('{}'), undefined))).toEqual([])
  })

  test.each([
    ['{bad', 'line 1, column 2 (offset 1)'],
    ['{\n"a": 1,\n}', 'line 3, column 1 (offset 10)'],
  ])('that is not JSON is refused with the place: %j', (body, place) => {
    expect(() => add.decode(Buffer.from(body), undefined)).toThrow(
      expect.objectContaining({
        code: 'BODY_INVALID',
        message: expect.stringContaining(place),
        detail: [expect.objectContaining({ type: 'json_invalid', loc: [] })],
      }),
    )
  })

  test('that is not UTF-8 is refused', () => {
    const body = Buffer.from([0x22, 0xff, 0x22])
    expect(() => add.decode(body, undefined)).toThrow(
      expect.objectContaining({ code: 'BODY_INVALID', message: 'The body is not UTF-8' }),
    )
  })

  test.each(['[1,2]', 'null', '3', '"text"'])('that is %s is refused', (body) => {
    expect(detailOf({ a: z.number() }, body)).toEqual([
      { type: 'model_type', loc: [], msg: 'Input should be an object' },
    ])
  })

  test('that would take a recursive schema out of its stack is refused', () => {
    type Tree = { children: Tree[] }
    const Tree: z.ZodType<Tree> = z.object({ children: z.lazy(() => z.array(Tree)) })
    const depth = 100_000
    const body = `{"tree":${'{"children":['.repeat(depth)}${']}'.repeat(depth)}}`
    const codec = compileCodec({ name: 'grow', input: { tree: Tree } })
    expect(() => codec.decode(Buffer.from(body), undefined)).toThrow(
      expect.objectContaining({
        code: 'BODY_INVALID',
        message: 'The body is nested deeper than 200 levels',
      }),
    )
  })

  test('cannot reach what objects inherit', () => {
    const input = { constructor: z.unknown(), toString: z.unknown() }
    const codec = compileCodec({ name: 'method', input })
    const value = codec.decode(
      Buffer.from('{"__proto__":{"constructor":1,"admin":true}}'),
      undefined,
    )
    expect(keysOf(value)).toEqual([])
    expect(value).not.toHaveProperty('admin')
    expect({}).not.toHaveProperty('admin')
  })
})

test('names every problem of every parameter at once', () => {
  const input = { a: z.number(), b: z.string(), c: z.array(z.int()) }
  expect(() =>
    compileCodec({ name: 'm', input }).decode(Buffer.from('{"b":1,"c":[1,2.5]}'), undefined),
  ).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      message: '3 validation errors for Input',
      detail: [
        { type: 'missing', loc: ['a'], msg: 'Field required' },
        expect.objectContaining({ type: 'string_type', loc: ['b'] }),
        expect.objectContaining({ type: 'int_from_float', loc: ['c', 1] }),
      ],
    }),
  )
})

test.each<[string, z.ZodType, string, string]>([
  ['a number', z.number(), '"x"', 'float_parsing'],
  ['a number', z.number(), 'null', 'float_type'],
  ['an integer', z.int(), '1.5', 'int_from_float'],
  ['a boolean', z.boolean(), '1', 'bool_type'],
  ['a string', z.string(), '1', 'string_type'],
  ['a list', z.array(z.string()), '{}', 'list_type'],
  ['an object', z.object({}), '[]', 'model_type'],
  ['a map', z.record(z.string(), z.number()), '[]', 'dict_type'],
  ['at most 5', z.number().max(5), '6', 'less_than_equal'],
  ['below 5', z.number().lt(5), '5', 'less_than'],
  ['at least 5', z.number().min(5), '4', 'greater_than_equal'],
  ['above 5', z.number().gt(5), '5', 'greater_than'],
  ['a multiple of 3', z.number().multipleOf(3), '4', 'multiple_of'],
  ['a long string', z.string().min(3), '"a"', 'string_too_short'],
  ['a short string', z.string().max(1), '"ab"', 'string_too_long'],
  ['a long list', z.array(z.number()).min(2), '[1]', 'too_short'],
  ['a short list', z.array(z.number()).max(1), '[1,2]', 'too_long'],
  ['one of two', z.enum(['a', 'b']), '"c"', 'literal_error'],
  ['a pattern', z.string().regex(/^a/), '"b"', 'string_pattern_mismatch'],
  ['no other keys', z.strictObject({}), '{"a":1}', 'extra_forbidden'],
  ["the user's own rule", z.number().refine(() => false), '1', 'value_error'],
])('names what is not %s as pydantic does', (...[, schema, body, type]) => {
  expect(detailOf({ x: schema }, `{"x":${body}}`)).toEqual([
    expect.objectContaining({ type, loc: ['x'] }),
  ])
})

test('tells of a union what each alternative has against the value', () => {
  expect(detailOf({ x: z.union([z.string(), z.number()]) }, '{"x":null}')).toMatchObject([
    { type: 'string_type', loc: ['x'] },
    { type: 'float_type', loc: ['x'] },
  ])
})

test('does not let a large body make a larger answer', () => {
  const body = `{"x":[${Array(5000).fill('"a"').join(',')}]}`
  expect(detailOf({ x: z.array(z.number()) }, body)).toHaveLength(100)
})

test.each<[v.GenericSchema, string, unknown]>([
  [v.string(), '1', { type: 'string_type', loc: ['x'] }],
  [v.pipe(v.number(), v.maxValue(5)), '6', { type: 'less_than_equal', loc: ['x'] }],
  [v.object({ a: v.string() }), '{}', { type: 'missing', loc: ['x', 'a'] }],
  [v.pipe(v.string(), v.minLength(2)), '"a"', { type: 'string_too_short', loc: ['x'] }],
])('speaks the same of schemas of valibot', (schema, body, detail) => {
  expect(detailOf({ x: schema }, `{"x":${body}}`)).toMatchObject([detail])
})

test('reads a tensor into one typed array', () => {
  const codec = compileCodec({ name: 'm', input: { x: tensor({ shape: [null, 2] }) } })
  expect(codec.decode(Buffer.from('{"x":[[1,2],[3,4]]}'), undefined)).toMatchObject({
    x: { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  })
})

test('says where a tensor is wrong', () => {
  expect(detailOf({ x: tensor({ shape: [null, 2] }) }, '{"x":[[1,2],[3,"4"]]}')).toEqual([
    { type: 'float_parsing', loc: ['x', 1, 1], msg: 'Input should be a valid number' },
  ])
})

test('answers at once unless a schema is asynchronous', async () => {
  const isFree = z.string().refine(async (name) => name !== 'taken')
  const codec = compileCodec({ name: 'm', input: { name: isFree, times: z.number() } })
  const decoded = codec.decode(Buffer.from('{"name":"ann","times":1}'), undefined)
  expect(decoded).toBeInstanceOf(Promise)
  await expect(decoded).resolves.toEqual({ name: 'ann', times: 1 })
  await expect(codec.decode(Buffer.from('{"name":"taken"}'), undefined)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    detail: [{ loc: ['name'] }, { loc: ['times'] }],
  })
})

describe('the JSON Schema of named parameters', () => {
  test('requires what may not be absent', () => {
    expect(add.input).toEqual({
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number', default: 2 } },
      required: ['a'],
    })
  })

  test('keeps the references of a recursive parameter whole', () => {
    type Tree = { children: Tree[] }
    const Tree: z.ZodType<Tree> = z.object({
      children: z.lazy(() => z.array(Tree)),
    })
    const { input } = compileCodec({ name: 'grow', input: { 'a/b': Tree } })
    const references = JSON.stringify(input).match(/"\$ref":"[^"]+"/g)
    expect(references).toEqual(['"$ref":"#/properties/a~1b"'])
  })

  test('is open where a library has none', () => {
    const { input } = compileCodec({ name: 'm', input: { x: v.string() } })
    expect(input).toEqual({ type: 'object', properties: { x: {} }, required: ['x'] })
  })

  test('is open for what JSON has no words for', () => {
    const { input } = compileCodec({ name: 'm', input: { x: z.date() } })
    expect(input).toMatchObject({ properties: { x: {} } })
  })

  test('describes what comes in, not what a transform makes of it', () => {
    const { input } = compileCodec({ name: 'm', input: { x: z.string().transform(Number) } })
    expect(input).toMatchObject({ properties: { x: { type: 'string' } } })
  })
})

test('says what is wrong with an element of a tensor that came as bytes', () => {
  const ids = tensor({ dtype: 'int32', shape: [null, 2] })
  const codec = compileCodec({ name: 'method', input: { ids } })
  const file = renderNpy(createTensor('float64', [1, 2], Float64Array.of(1, 1.5)))
  expect(() => codec.decode(file ?? Buffer.alloc(0), 'application/x-npy')).toThrow(
    expect.objectContaining({
      detail: [expect.objectContaining({ type: 'int_from_float', loc: ['ids', 0, 1] })],
    }),
  )
})
