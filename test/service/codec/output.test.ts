import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { parseNpy } from '../../../src/lib/npy.ts'
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
  return bodyOf(await encode(output, value)).toString()
}

function bodyOf({ body }: EncodedBody): Buffer {
  if (Buffer.isBuffer(body)) return body
  throw new Error('A stream was not expected')
}

test.each<[string, Schema | undefined, unknown, string]>([
  ['an object', z.object({ a: z.number() }), { a: 1 }, '{"a":1.0}'],
  ['null for nothing', undefined, undefined, 'null'],
  ['null', z.null(), null, 'null'],
  ['any JSON without a schema', undefined, { b: ['é'] }, '{"b":["é"]}'],
  ['a string without a schema', undefined, 'text', '"text"'],
  ['null for NaN', undefined, [NaN, Infinity], '[null,null]'],
  ['a typed array for a tensor', tensor({ shape: [null] }), Float32Array.of(1, 2), '[1.0,2.0]'],
  ['nested arrays for a tensor', tensor(), [[1], [2]], '[[1.0],[2.0]]'],
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
  expect(bodyOf(encoded).toString()).toBe('a "b" é')
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

test.each([
  [undefined, 'application/json', Buffer.from('[1.0,2.0]')],
  ['*/*', 'application/json', Buffer.from('[1.0,2.0]')],
  ['image/png', 'application/json', Buffer.from('[1.0,2.0]')],
  [
    'application/octet-stream',
    'application/octet-stream',
    Buffer.from([0, 0, 128, 63, 0, 0, 0, 64]),
  ],
])('writes a tensor as the client would like it: %s', (accept, contentType, body) => {
  const codec = compileCodec({ name: 'm', output: tensor() })
  expect(codec.encode([1, 2], { accept })).toEqual({ contentType, body })
})

test("writes a tensor as numpy's file", () => {
  const codec = compileCodec({ name: 'm', output: tensor({ dtype: 'int64' }) })
  const { contentType, body } = answered(
    codec.encode([[1n], [2n]], { accept: 'application/x-npy' }),
  )
  expect(contentType).toBe('application/x-npy')
  expect(parseNpy(bodyOf({ contentType, body }))).toMatchObject({
    dtype: 'int64',
    shape: [2, 1],
    data: BigInt64Array.of(1n, 2n),
  })
})

test('writes strings as JSON, whatever the client would like', () => {
  const codec = compileCodec({ name: 'm', output: tensor({ dtype: 'string' }) })
  expect(codec.encode(['a'], { accept: 'application/x-npy' })).toMatchObject({
    contentType: 'application/json',
  })
})

function answered(encoded: EncodedBody | Promise<EncodedBody>): EncodedBody {
  if (encoded instanceof Promise) throw new Error('A promise was not expected')
  return encoded
}

test('answers at once unless the schema is asynchronous', async () => {
  const slow = z.string().refine(async (text) => text !== 'no')
  expect(compileCodec({ name: 'm', output: z.string() }).encode('a')).not.toBeInstanceOf(Promise)
  await expect(encode(slow, 'yes')).resolves.toMatchObject({ body: Buffer.from('yes') })
  await expect(encode(slow, 'no')).rejects.toMatchObject({ code: 'OUTPUT_INVALID' })
})
