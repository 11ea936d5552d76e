import { expect, test } from '@jest/globals'
import { z } from 'zod'
import type { EncodedBody } from '../../../src/service/codec/codec.ts'
import { compileCodec } from '../../../src/service/codec/compile.ts'
import type { Schema } from '../../../src/service/schema-types.ts'
import { tensor } from '../../../src/service/tensor-schema.ts'

const circle: { self?: object } = {}
circle.self = circle

async function encode(output: Schema | undefined, value: unknown): Promise<EncodedBody> {
  return compileCodec({ name: 'method', output }).encode(value)
}

async function textOf(output: Schema | undefined, value: unknown): Promise<string> {
  return (await encode(output, value)).body.toString()
}

test.each<[string, Schema | undefined, unknown, string]>([
  ['an object', z.object({ a: z.number() }), { a: 1 }, '{"a":1}'],
  ['null for nothing', undefined, undefined, 'null'],
  ['null', z.null(), null, 'null'],
  ['any JSON without a schema', undefined, { b: ['é'] }, '{"b":["é"]}'],
  ['a string without a schema', undefined, 'text', '"text"'],
  ['null for NaN', undefined, [NaN, Infinity], '[null,null]'],
  ['a typed array for a tensor', tensor({ shape: [null] }), Float32Array.of(1, 2), '[1,2]'],
  ['nested arrays for a tensor', tensor(), [[1], [2]], '[[1],[2]]'],
  [
    'wide integers exactly',
    tensor({ dtype: 'int64' }),
    BigInt64Array.of(2n ** 62n),
    '[4611686018427387904]',
  ],
])('writes %s', async (...[, output, value, expected]) => {
  await expect(textOf(output, value)).resolves.toBe(expected)
})

test('writes a string as its own text', async () => {
  const encoded = await encode(z.string(), 'a "b" é')
  expect(encoded.contentType).toBe('text/plain; charset=utf-8')
  expect(encoded.body.toString()).toBe('a "b" é')
})

test('writes JSON for a string that may be null', async () => {
  await expect(encode(z.string().nullable(), 'text')).resolves.toMatchObject({
    contentType: 'application/json',
  })
})

test.each<[string, Schema | undefined, unknown, string]>([
  [
    'a field',
    z.object({ items: z.array(z.object({ n: z.int() })) }),
    { items: [{ n: 1.5 }] },
    'items.0.n',
  ],
  ['several fields', z.object({ a: z.string(), b: z.string() }), {}, 'and 1 more'],
  ['the whole', z.string(), 42, 'expected string'],
  ['a tensor', tensor({ shape: [2] }), [1, 'x'], 'at 1'],
  ['a cycle', undefined, circle, 'circular'],
  ['a BigInt', undefined, 1n, 'BigInt'],
])('refuses an answer that breaks its schema: %s', async (...[, output, value, text]) => {
  await expect(encode(output, value)).rejects.toMatchObject({
    code: 'OUTPUT_INVALID',
    status: 500,
    message: expect.stringContaining(text),
  })
})

test('answers at once unless the schema is asynchronous', async () => {
  const slow = z.string().refine(async (text) => text !== 'no')
  expect(compileCodec({ name: 'm', output: z.string() }).encode('a')).not.toBeInstanceOf(Promise)
  await expect(encode(slow, 'yes')).resolves.toMatchObject({ body: Buffer.from('yes') })
  await expect(encode(slow, 'no')).rejects.toMatchObject({ code: 'OUTPUT_INVALID' })
})
