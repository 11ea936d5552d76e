import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import {
  bytes,
  file,
  fileAt,
  image,
  int64,
  list,
  optional,
  table,
  tensor,
  type UploadedFile,
} from '../../../src/sdk.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

async function issuesOf(schema: StandardSchemaV1, value: unknown): Promise<unknown> {
  return (await schema['~standard'].validate(value)).issues
}

async function valueOf<One extends StandardSchemaV1>(
  schema: One,
  value: unknown,
): Promise<StandardSchemaV1.InferOutput<One>> {
  const result = await schema['~standard'].validate(value)
  if (result.issues) throw new Error(result.issues.map(({ message }) => message).join())
  return result.value
}

const png = Buffer.from('\x89PNG\r\n\x1a\n____________', 'latin1')

test('takes a file on disk, bytes, a Blob and a File for a file', async () => {
  const path = join(await temporaryFolder(), 'out.csv')
  await writeFile(path, 'a,b')
  const given = [
    await fileAt(path),
    Buffer.from('a,b'),
    new Blob(['a,b'], { type: 'text/csv' }),
    new File(['a,b'], 'in.csv'),
  ]
  const files = await Promise.all(given.map((one) => valueOf(file(), one)))
  const seen = files.map(async (one) => [one.name, one.type, one.size, await one.text()])
  await expect(Promise.all(seen)).resolves.toEqual([
    ['out.csv', 'text/csv', 3, 'a,b'],
    ['', 'application/octet-stream', 3, 'a,b'],
    ['', 'text/csv', 3, 'a,b'],
    ['in.csv', 'text/csv', 3, 'a,b'],
  ])
})

test.each([['/etc/passwd'], [{ path: '/etc/passwd' }], [{ name: 'a', size: 1 }], [null], [42]])(
  'takes no JSON for a file: %j',
  async (value) => {
    await expect(issuesOf(file(), value)).resolves.toMatchObject([{ type: 'path_type' }])
    await expect(issuesOf(image(), value)).resolves.toMatchObject([{ type: 'path_type' }])
  },
)

test('reads a file in every way', async () => {
  const path = join(await temporaryFolder(), 'a.txt')
  await writeFile(path, 'text')
  const onDisk = await valueOf(file(), await fileAt(path, { name: 'b.bin', type: 'x/y' }))
  expect([onDisk.name, onDisk.type, await onDisk.path()]).toEqual(['b.bin', 'x/y', path])
  await expect(readAll(onDisk)).resolves.toBe('text')
  await expect(onDisk.bytes()).resolves.toEqual(Buffer.from('text'))
  await expect(readAll(await valueOf(file(), Buffer.from('memory')))).resolves.toBe('memory')
})

async function readAll(given: UploadedFile): Promise<string> {
  let text = ''
  for await (const chunk of given.stream()) text += String(chunk)
  return text
}

test.each([
  [file({ maxSize: 2 }), Buffer.from('abc'), 'at most 2 bytes, not 3'],
  [file({ contentTypes: ['audio/*'] }), new Blob([''], { type: 'image/png' }), 'be audio/*, not'],
  [image(), Buffer.from('no image at all'), 'be an image'],
  [image({ contentTypes: ['image/jpeg'] }), png, 'be image/jpeg, not image/png'],
  [image(), Buffer.alloc(0), 'be an image'],
])('refuses a file that does not fit', async (schema, value, message) => {
  await expect(issuesOf(schema, value)).resolves.toMatchObject([
    { type: 'value_error', message: expect.stringContaining(message) },
  ])
})

test.each([
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff\xe0'],
  ['image/gif', 'GIF89a'],
  ['image/webp', 'RIFF1234WEBP'],
  ['image/tiff', 'II*\0'],
])('knows %s by its first bytes', async (type, head) => {
  const given = new Blob([Buffer.from(`${head}________________`, 'latin1')], { type: 'text/plain' })
  await expect(valueOf(image(), given)).resolves.toMatchObject({ type })
})

test('gives bytes the type that the schema has', async () => {
  const schema = file({ contentTypes: ['audio/mpeg'] })
  await expect(valueOf(schema, Buffer.from('x'))).resolves.toMatchObject({ type: 'audio/mpeg' })
})

test('takes bytes and text for bytes', async () => {
  await expect(valueOf(bytes(), Uint8Array.of(0, 1))).resolves.toEqual(Buffer.from([0, 1]))
  await expect(valueOf(bytes(), 'é')).resolves.toEqual(Buffer.from('é'))
  await expect(issuesOf(bytes(), [1])).resolves.toMatchObject([{ type: 'bytes_type' }])
})

test.each([
  [9_007_199_254_740_993n, 9_007_199_254_740_993n],
  [3, 3n],
  ['-9223372036854775808', -(2n ** 63n)],
])('takes %p for an integer of 64 bits', async (given, value) => {
  await expect(valueOf(int64(), given)).resolves.toBe(value)
})

test.each([
  [1.5, 'int_from_float'],
  [NaN, 'int_from_float'],
  ['1.0', 'int_parsing'],
  ['9'.repeat(100_000), 'int_parsing'],
  [true, 'int_type'],
  [2n ** 63n, 'less_than_equal'],
  [-(2n ** 63n) - 1n, 'greater_than_equal'],
])('does not take %p for one', async (given, type) => {
  await expect(issuesOf(int64(), given)).resolves.toMatchObject([{ type }])
})

const rows = [
  { a: 1, b: 'x' },
  { a: 2, b: null },
]
const columns = { a: [1, 2], b: ['x', null] }

test('gives a table as rows or as columns, whichever came', async () => {
  for (const given of [rows, columns]) {
    await expect(valueOf(table(), given)).resolves.toEqual(rows)
    await expect(valueOf(table({ orient: 'columns' }), given)).resolves.toEqual(columns)
  }
})

test('drops columns that are not declared, and fills those that are missing', async () => {
  const schema = table({ columns: ['a', 'c'], orient: 'columns' })
  await expect(valueOf(schema, rows)).resolves.toEqual({ a: [1, 2], c: [null, null] })
  await expect(valueOf(schema, columns)).resolves.toEqual({ a: [1, 2], c: [null, null] })
  await expect(valueOf(table(), [{ a: 1 }, { b: 2 }])).resolves.toEqual([
    { a: 1, b: null },
    { a: null, b: 2 },
  ])
})

test.each<[unknown, string, unknown[]]>([
  ['text', 'dataframe_type', []],
  [[1], 'dict_type', [0]],
  [[{ a: {} }], 'value_error', [0, 'a']],
  [{ a: 1 }, 'list_type', ['a']],
  [{ a: [1], b: [1, 2] }, 'value_error', ['b']],
  [{ a: [[1]] }, 'value_error', ['a', 0]],
  [Array.from({ length: 3000 }, (_, row) => ({ [`c${row}`]: 1 })), 'value_error', []],
])('says where a table is wrong', async (given, type, path) => {
  await expect(issuesOf(table(), given)).resolves.toMatchObject([{ type, path }])
})

test('keeps a column that is called as what objects inherit', async () => {
  const given: unknown = JSON.parse('[{"__proto__":1,"constructor":2}]')
  const [row = {}] = await valueOf(table(), given)
  expect(Object.entries(row)).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ])
})

test('takes a list, and says which item is wrong', async () => {
  await expect(valueOf(list(int64()), [1, '2'])).resolves.toEqual([1n, 2n])
  await expect(issuesOf(list(int64()), [1, 'x', 1.5])).resolves.toMatchObject([
    { path: [1], type: 'int_parsing' },
    { path: [2], type: 'int_from_float' },
  ])
  await expect(issuesOf(list(int64()), 1)).resolves.toMatchObject([{ type: 'list_type' }])
  await expect(issuesOf(list(z.string(), { maxItems: 1 }), ['a', 'b'])).resolves.toMatchObject([
    { type: 'too_long' },
  ])
})

test('lets a value be absent, or stand in for it', async () => {
  await expect(valueOf(optional(int64()), undefined)).resolves.toBeUndefined()
  await expect(valueOf(optional(int64()), null)).resolves.toBeUndefined()
  await expect(valueOf(optional(int64(), 3n), undefined)).resolves.toBe(3n)
  await expect(valueOf(optional(tensor(), [1]), null)).resolves.toMatchObject({ shape: [1] })
  await expect(issuesOf(optional(int64()), 'x')).resolves.toMatchObject([{ type: 'int_parsing' }])
})

test.each([
  () => file({ contentTypes: ['png'] }),
  () => image({ maxSize: 0 }),
  // @ts-expect-error -- because JavaScript can
  () => table({ orient: 'rows' }),
])('refuses options that mean nothing', (make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'SERVICE_INVALID' }))
})
