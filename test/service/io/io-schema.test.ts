import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { bytes, file, image, int64, list, optional, table, tensor } from '../../../src/sdk.ts'
import { compileCodec } from '../../../src/service/codec/compile.ts'
import type { InputSchema, Schema } from '../../../src/service/schema-types.ts'
import { renderSchema } from '../../../src/service/schema.ts'

/** A method as `/schema.json` describes it to BentoML's client. */
function routeOf(input: InputSchema, output?: Schema): { input: unknown; output: unknown } {
  const codec = compileCodec({ name: 'm', input, output })
  const api = { name: 'm', route: '/m', description: '', batchable: false, ...codec }
  const bounds = { maxBatchSize: 1, maxLatencyMs: 1 }
  const service = { name: 'S', description: '', options: {}, mounts: [], models: [] }
  const [route] = renderSchema({ ...service, apis: [{ ...api, ...bounds }] }).routes
  if (!route) throw new Error('No route')
  return route
}

test.each<[string, Schema, unknown]>([
  ['a file', file(), { type: 'file', format: 'binary' }],
  [
    'audio',
    file({ contentTypes: ['audio/mp3'] }),
    { type: 'file', format: 'audio', content_type: 'audio/mp3' },
  ],
  ['an image', image(), { type: 'file', format: 'image', pil: true }],
  ['bytes', bytes(), { type: 'string', format: 'binary' }],
  ['rows', table(), { type: 'dataframe', orient: 'records' }],
  [
    'columns',
    table({ orient: 'columns', columns: ['a', 'b'] }),
    { type: 'dataframe', orient: 'columns', columns: ['a', 'b'] },
  ],
  ['a wide integer', int64(), { type: 'integer', format: 'int64' }],
  ['one of zod', z.int64(), { type: 'integer', format: 'int64' }],
  ['a default', optional(int64(), 3n), { type: 'integer', format: 'int64', default: 3 }],
  [
    'an optional tensor',
    optional(tensor({ dtype: 'float32' })),
    { type: 'tensor', format: 'numpy-array', dtype: 'float32' },
  ],
])("has BentoML's words for %s", (_what, schema, expected) => {
  const { input, output } = routeOf({ x: schema }, schema)
  expect(input).toMatchObject({ type: 'object', properties: { x: expected } })
  expect(output).toEqual(expected)
})

test("has BentoML's words for files", () => {
  const files = { type: 'array', items: { type: 'file', format: 'image', pil: true } }
  expect(routeOf({ x: list(image()) }).input).toMatchObject({ properties: { x: files } })
})

test('marks a file that is the whole body', () => {
  expect(routeOf(file({ contentTypes: ['image/png'] })).input).toEqual({
    type: 'file',
    format: 'image',
    content_type: 'image/png',
    root_input: true,
  })
})

test('requires what is not optional', () => {
  const { input } = routeOf({ a: file(), b: optional(file()), c: optional(int64(), 1) })
  expect(input).toMatchObject({ required: ['a'] })
})

test.each<[InputSchema, Schema | undefined, readonly string[], string]>([
  [{ f: file() }, undefined, ['multipart/form-data'], 'application/json'],
  [{ f: list(image()), n: z.int() }, bytes(), ['multipart/form-data'], 'application/octet-stream'],
  [file(), image(), ['application/octet-stream'], 'image/*'],
  [image({ contentTypes: ['image/png'] }), undefined, ['image/png'], 'application/json'],
  [bytes(), file({ contentTypes: ['text/csv'] }), ['application/octet-stream'], 'text/csv'],
  [
    tensor(),
    tensor(),
    ['application/json', 'application/octet-stream', 'application/x-npy'],
    'application/json',
  ],
  [
    { x: tensor() },
    table(),
    ['application/json', 'application/octet-stream', 'application/x-npy'],
    'application/json',
  ],
  [{ x: tensor(), y: z.int() }, z.string(), ['application/json'], 'text/plain; charset=utf-8'],
])('says what to send and what comes', (...[input, output, inputTypes, outputType]) => {
  expect(compileCodec({ name: 'm', input, output })).toMatchObject({ inputTypes, outputType })
})

test.each([{ input: list(file()) }, { output: list(file()) }])(
  'does not take a list of files for a body',
  (schemas) => {
    expect(() => compileCodec({ name: 'm', ...schemas })).toThrow(
      expect.objectContaining({ code: 'SERVICE_INVALID' }),
    )
  },
)
