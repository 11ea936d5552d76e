import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { int64, list, optional, table, tensor } from '../../../src/sdk.ts'
import type { NonFinite } from '../../../src/service/codec/codec.ts'
import { compileCodec } from '../../../src/service/codec/compile.ts'
import type { InputSchema, Schema } from '../../../src/service/schema-types.ts'

async function written(output: Schema, value: unknown, nonFinite?: NonFinite): Promise<string> {
  const { body } = await compileCodec({ name: 'm', output }).encode(value, { nonFinite })
  if (Buffer.isBuffer(body)) return body.toString()
  throw new Error('A stream was not expected')
}

function read(input: InputSchema, body: string): unknown {
  return compileCodec({ name: 'm', input }).decode(Buffer.from(body), undefined)
}

type Tree = { weight: number; count: number; children: Tree[] }
const Tree: z.ZodType<Tree> = z.object({
  weight: z.number(),
  count: z.int(),
  children: z.lazy(() => z.array(Tree)),
})

describe('a whole float keeps its decimal point', () => {
  test.each<[Schema, unknown, string]>([
    [z.number(), 3, '3.0'],
    [z.number(), -0, '-0.0'],
    [z.number(), 2.5, '2.5'],
    [z.number(), 1e21, '1e+21'],
    [z.number(), 123_456_789_012, '123456789012.0'],
    [z.int(), 3, '3'],
    [z.array(z.number()), [1, 2.5], '[1.0,2.5]'],
    [z.number().nullable(), null, 'null'],
    [z.number().nullable(), 1, '1.0'],
    [z.union([z.int(), z.number()]), 1, '1'],
    [z.literal([1, 2]), 2, '2'],
    [z.literal([1, 2.5]), 1, '1.0'],
    [z.union([z.string(), z.object({ a: z.number() })]), { a: 1 }, '{"a":1.0}'],
    [
      z.object({ a: z.number(), b: z.int(), 'c"': z.string() }),
      { a: 1, b: 1, 'c"': '1' },
      '{"a":1.0,"b":1,"c\\"":"1"}',
    ],
    [z.object({ a: z.number().optional() }), { a: undefined }, '{}'],
    [z.record(z.string(), z.number()), { a: 1 }, '{"a":1.0}'],
    [z.tuple([z.int(), z.number()]), [1, 1], '[1,1.0]'],
    [
      z.object({ at: z.date(), n: z.number() }),
      { at: new Date(0), n: 1 },
      '{"at":"1970-01-01T00:00:00.000Z","n":1.0}',
    ],
    [z.any(), { a: 1 }, '{"a":1}'],
    [
      Tree,
      { weight: 1, count: 1, children: [{ weight: 2, count: 2, children: [] }] },
      '{"weight":1.0,"count":1,"children":[{"weight":2.0,"count":2,"children":[]}]}',
    ],
    [tensor(), [[1, 2.5]], '[[1.0,2.5]]'],
    [tensor({ dtype: 'float16' }), [1, 0.5], '[1.0,0.5]'],
    [tensor({ dtype: 'int32' }), [1], '[1]'],
    [tensor({ shape: [] }), 3, '3.0'],
    [tensor(), [], '[]'],
    [list(tensor()), [[1], [2]], '[[1],[2]]'],
    [table(), [{ a: 1 }], '[{"a":1}]'],
  ])('%#', async (schema, value, text) => {
    await expect(written(schema, value)).resolves.toBe(text)
  })

  test('and a large tensor is written the same way', async () => {
    const whole = Float32Array.from({ length: 2000 }, (_, index) => index)
    const broken = whole.map((value) => value + 0.5)
    await expect(written(tensor(), whole)).resolves.toMatch(/^\[0\.0,1\.0,.*,1999\.0\]$/)
    await expect(written(tensor(), broken)).resolves.toBe(`[${broken.join(',')}]`)
  })

  test('and JavaScript reads the same value', async () => {
    const any = z.array(z.object({ a: z.number(), b: z.string(), c: z.array(z.number()) }))
    const value = fc.array(
      fc.record({
        a: fc.double({ noNaN: true, noDefaultInfinity: true }),
        b: fc.string(),
        c: fc.array(fc.integer()),
      }),
    )
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        expect(JSON.parse(await written(any, given))).toEqual(given)
      }),
    )
  })
})

describe('NaN and the infinities', () => {
  // Zod's numbers are finite; what a model gives is not.
  const loose = z.array(z.union([z.number(), z.nan(), z.literal(Infinity), z.literal(-Infinity)]))
  const values = [NaN, Infinity, -Infinity, 1]

  test.each<[Schema, NonFinite | undefined, string]>([
    [loose, undefined, '[null,null,null,1.0]'],
    [loose, 'token', '[NaN,Infinity,-Infinity,1.0]'],
    [tensor(), undefined, '[null,null,null,1.0]'],
    [tensor(), 'token', '[NaN,Infinity,-Infinity,1.0]'],
  ])('are null, or as Python writes them', async (...[schema, nonFinite, text]) => {
    await expect(written(schema, values, nonFinite)).resolves.toBe(text)
  })

  test('are read as Python writes them', () => {
    const body = '{"x":[NaN, 1, -Infinity,Infinity], "s":"NaN \\"Infinity"}'
    expect(read({ x: tensor(), s: z.string() }, body)).toMatchObject({
      x: { data: Float32Array.of(NaN, 1, -Infinity, Infinity) },
      s: 'NaN "Infinity',
    })
    expect(read({ x: z.any() }, '{"x":{"__proto__":NaN,"n":12345678901234567890}}')).toEqual({
      x: Object.fromEntries([
        ['__proto__', NaN],
        ['n', 12_345_678_901_234_567_000],
      ]),
    })
  })

  test.each(['{"x":nan}', '{"x":NaN', '{"x":[NaN,]}', '{"x":NaN}}', '{"x":+Infinity}', 'NaN NaN'])(
    'are not what else Python would not read: %s',
    (body) => {
      expect(() => read({ x: z.any() }, body)).toThrow(
        expect.objectContaining({ code: 'BODY_INVALID' }),
      )
    },
  )
})

describe('integers of 64 bits', () => {
  const large = 9_007_199_254_740_993n

  test.each<[InputSchema, string, unknown]>([
    [{ x: int64() }, `{"x":${large}}`, { x: large }],
    [{ x: int64() }, '{"x":3}', { x: 3n }],
    [{ x: list(int64()) }, `{"x":[${large},1]}`, { x: [large, 1n] }],
    [{ x: optional(int64()) }, `{"x":-${large}}`, { x: -large }],
    [
      { x: z.object({ id: z.int64(), n: z.number() }) },
      `{"x":{"id":${large},"n":${large}}}`,
      { x: { id: large, n: Number(large) } },
    ],
    [{ x: z.object({ id: z.int64() }) }, '{"x":{"id":3}}', { x: { id: 3n } }],
    [z.array(z.bigint()), `[1,${large}]`, [1n, large]],
    [int64(), String(large), large],
    [{ x: z.number(), y: int64() }, `{"x":1e300,"y":${large}}`, { x: 1e300, y: large }],
  ])('are read to the last digit: %#', async (input, body, value) => {
    expect(await read(input, body)).toEqual(value)
  })

  test('reach a tensor to the last digit', () => {
    const input = { x: tensor({ dtype: 'int64' }) }
    expect(read(input, `{"x":[[${large}],[1]]}`)).toMatchObject({
      x: { data: BigInt64Array.of(large, 1n) },
    })
    expect(() => read(input, '{"x":[9223372036854775808]}')).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })

  test.each<[Schema, unknown, string]>([
    [int64(), large, String(large)],
    [list(int64()), [large, 1], `[${large},1]`],
    [z.object({ id: z.int64(), n: z.number() }), { id: large, n: 1 }, `{"id":${large},"n":1.0}`],
    [z.array(z.uint64()), [2n ** 64n - 1n], '[18446744073709551615]'],
  ])('are written to the last digit: %#', async (schema, value, text) => {
    await expect(written(schema, value)).resolves.toBe(text)
  })

  test('do not hide what is wrong with a body', () => {
    expect(() => read({ x: int64() }, `{"x":${large},}`)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('column 23') }),
    )
    expect(() => read({ x: int64() }, `{"x":${'9'.repeat(1_000_000)}}`)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })
})
