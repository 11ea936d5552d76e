import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { renderNpy, parseNpy } from '../../../src/lib/npy.ts'
import { createTensor } from '../../../src/lib/tensor-ops.ts'
import { Files, seenPaths } from './file-service.ts'
import { serveApp, type ServedApp } from './serve-app.ts'

let served: ServedApp

beforeAll(async () => {
  served = await serveApp(Files, { maxBodySize: 20_000_000 })
})

afterAll(() => served.close())

const large = Buffer.alloc(3_000_000, 'x')
const png = Buffer.from('\x89PNG\r\n\x1a\n____________', 'latin1')

function formOf(fields: Readonly<Record<string, string | Blob | readonly Blob[]>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) form.append(name, one)
  }
  return form
}

async function post(
  path: string,
  body: Exclude<RequestInit['body'], null | undefined>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(served.url + path, { method: 'POST', body, headers })
}

async function textOf(path: string, fields: Parameters<typeof formOf>[0]): Promise<string> {
  return (await post(path, formOf(fields))).text()
}

async function gone(path = ''): Promise<void> {
  expect(path).not.toBe('')
  for (let looks = 0; looks < 200 && existsSync(path); looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(existsSync(path)).toBe(false)
}

test.each([
  [{ f: new File(['abc'], 'in.txt') }, 'x:in.txt:text/plain:3:-'],
  [{ f: new File(['abc'], 'in.bin', { type: 'a/b' }), label: 'zz' }, 'zz:in.bin:a/b:3:-'],
  [
    { f: new File([large], 'large'), label: '"zz"', n: '3' },
    'zz:large:application/octet-stream:3000000:3',
  ],
])('gives a method the file of a form', async (fields, expected) => {
  await expect(textOf('/describe', fields)).resolves.toBe(expected)
  await gone(seenPaths.at(-1))
})

test('removes the files of a call that failed', async () => {
  const response = await post('/fail', formOf({ f: new File([large], 'a') }))
  expect(response.status).toBe(500)
  await gone(seenPaths.at(-1))
})

test.each([
  ['a file that is none', { f: 'text' }, { type: 'path_type', loc: ['f'] }],
  ['a URL', { f: 'http://127.0.0.1/secret' }, { type: 'path_type', loc: ['f'] }],
  ['a file that is missing', { g: new File([''], 'a') }, { type: 'missing', loc: ['f'] }],
  [
    'a number that is none',
    { f: new File([''], 'a'), n: 'x' },
    { type: 'float_parsing', loc: ['n'] },
  ],
])('refuses %s', async (_what, fields, detail) => {
  const response = await post('/describe', formOf(fields))
  expect(response.status).toBe(400)
  await expect(response.json()).resolves.toMatchObject({
    code: 'INPUT_INVALID',
    detail: [expect.objectContaining(detail)],
  })
})

test('takes JSON for what is no file, and no path for what is one', async () => {
  const headers = { 'content-type': 'application/json' }
  const response = await post('/describe', '{"f":"/etc/passwd"}', headers)
  expect(response.status).toBe(400)
  await expect(
    (await post('/maybe', '{"b":"é","i":"9007199254740993"}', headers)).json(),
  ).resolves.toEqual({
    b: 'Ã©',
    i: '9007199254740993',
  })
})

test('takes several files of one name, and no more than it says', async () => {
  const files = [new File(['abc'], 'a'), new File([large], 'b')]
  await expect(textOf('/total', { fs: files })).resolves.toBe('3000003')
  await expect(textOf('/total', { fs: Array(6).fill(files[0]) })).resolves.toContain('too_long')
})

test('takes a form for parameters that are no files', async () => {
  const urlEncoded = new URLSearchParams({ a: '1', b: '2', c: 'text' })
  await expect((await post('/add', urlEncoded)).json()).resolves.toEqual({ sum: 3, c: 'text' })
  await expect(textOf('/add', { a: new File(['1.5'], 'a'), b: '2' })).resolves.toBe('{"sum":3.5}')
  const json = await post('/add', '{"a":1,"b":2}', {
    'content-type': 'application/x-www-form-urlencoded',
  })
  await expect(json.json()).resolves.toMatchObject({ detail: [{ loc: ['a'] }, { loc: ['b'] }] })
})

test('of a repeated value takes the last, of a repeated file the first', async () => {
  const form = formOf({ f: [new File(['1'], 'a'), new File(['22'], 'b')] })
  form.append('label', 'one')
  form.append('label', 'two')
  await expect((await post('/describe', form)).text()).resolves.toContain('two:a:')
})

test('takes the whole body for a file, and for bytes', async () => {
  const response = await post('/root', png, { 'content-type': 'image/png' })
  await expect(response.text()).resolves.toBe('image/png:20:89504e47')
  const reversed = await post('/reverse', Uint8Array.of(1, 2, 255))
  expect(reversed.headers.get('content-type')).toBe('application/octet-stream')
  expect(Buffer.from(await reversed.arrayBuffer())).toEqual(Buffer.from([255, 2, 1]))
  expect((await post('/root', '')).status).toBe(400)
  await expect((await post('/reverse', '')).text()).resolves.toBe('')
})

test('lets a file be absent', async () => {
  await expect(textOf('/maybe', { i: '8' })).resolves.toBe('{"i":"8"}')
  await expect(
    textOf('/maybe', { f: new File(['a'], 'a'), b: new Blob([png]) }),
  ).resolves.toContain('"f":1,"b":"\\u0089PNG'.replace('\\u0089', '\u0089'))
})

test('takes and answers tensors in every form', async () => {
  const elements = Float32Array.of(1, 2, 3, 4)
  const asNpy = renderNpy(createTensor('float64', [2, 2], Float64Array.from(elements)))
  if (!asNpy) throw new Error('No file')
  const sent: [string | Uint8Array, string][] = [
    ['{"x":[[1,2],[3,4]]}', 'application/json'],
    [new Uint8Array(elements.buffer), 'application/octet-stream'],
    [asNpy, 'application/x-npy'],
    [asNpy, 'application/octet-stream'],
  ]
  for (const [body, type] of sent) {
    const response = await post('/double', body, { 'content-type': type })
    expect([type, await response.json()]).toEqual([
      type,
      [
        [2, 4],
        [6, 8],
      ],
    ])
  }
  const npy = await post('/double', elements, {
    'content-type': 'application/octet-stream',
    accept: 'application/x-npy',
  })
  expect(npy.headers.get('content-type')).toBe('application/x-npy')
  expect(parseNpy(Buffer.from(await npy.arrayBuffer()))).toMatchObject({
    shape: [2, 2],
    data: Float32Array.of(2, 4, 6, 8),
  })
  const bare = await post('/double', elements, {
    'content-type': 'application/octet-stream',
    accept: 'application/octet-stream',
  })
  expect(new Float32Array(await bare.arrayBuffer())).toEqual(Float32Array.of(2, 4, 6, 8))
})

test('takes a tensor from a part of a form', async () => {
  const x = new File([Float32Array.of(1, 2)], 'x', { type: 'application/octet-stream' })
  await expect(textOf('/scale', { x, n: '2' })).resolves.toMatch(/^\[2(\.0)?,4(\.0)?\]$/)
  await expect(textOf('/scale', { x: '[1,2]', n: '2' })).resolves.toMatch(/^\[2(\.0)?,4(\.0)?\]$/)
})

test.each([
  [Buffer.alloc(7), '7 bytes are no whole number of float32'],
  [Buffer.from('\x93NUMPY\x01\0\xff\xff', 'latin1'), 'The .npy file cannot be read'],
])('refuses the bytes of what is no tensor', async (body, message) => {
  const response = await post('/double', body, { 'content-type': 'application/octet-stream' })
  expect(response.status).toBe(400)
  await expect(response.json()).resolves.toMatchObject({
    code: 'BODY_INVALID',
    error: expect.stringContaining(message),
  })
})

test('refuses elements that do not fill the shape', async () => {
  const body = new Float32Array(3)
  const response = await post('/double', body, { 'content-type': 'application/octet-stream' })
  await expect(response.json()).resolves.toMatchObject({
    code: 'INPUT_INVALID',
    detail: [{ loc: ['x'], msg: '3 items do not fill the shape [?, 2]' }],
  })
})

test('refuses an empty tensor whose lists would be without end', async () => {
  const x = { dtype: 'float32', shape: [300_000_000, 0], data: [] }
  const body = JSON.stringify({ x, n: 2 })
  const response = await post('/scale', body, { 'content-type': 'application/json' })
  await expect(response.json()).resolves.toMatchObject({
    code: 'INPUT_INVALID',
    detail: [{ loc: ['x'], msg: 'The shape [300000000, 0] is too long to be empty' }],
  })
})

test('takes a table either way', async () => {
  const headers = { 'content-type': 'application/json' }
  for (const body of ['[{"a":1,"c":2}]', '{"a":[1],"c":[2]}']) {
    await expect((await post('/pivot', body, headers)).json()).resolves.toEqual({
      a: [1],
      b: [null],
    })
  }
})

test.each([
  ['out.csv', 'attachment; filename="out.csv"'],
  ["dé '1'.csv", `attachment; filename="d_ '1'.csv"; filename*=UTF-8''d%C3%A9%20%271%27.csv`],
  ['../../a.csv', 'attachment; filename="a.csv"'],
])('answers a file that is called %j', async (name, disposition) => {
  const response = await post('/echo', formOf({ f: new File(['a,b'], name) }))
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/csv',
    'content-length': '3',
    'content-disposition': disposition,
  })
  await expect(response.text()).resolves.toBe('a,b')
})

test('shows an image, and says what it is', async () => {
  const response = await post('/picture', formOf({ img: new File([png], 'a.jpg') }))
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': 'inline; filename="a.jpg"',
  })
})

test('answers a large file as it is read, and removes it then', async () => {
  const response = await post('/report', '{}', { 'content-type': 'application/json' })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/csv',
    'content-length': '2000000',
  })
  expect((await response.text()).length).toBe(2_000_000)
  await gone(seenPaths.at(-1))
})

test('answers what was sent, from where it was put', async () => {
  const response = await post('/echo', formOf({ f: new File([large], 'a') }))
  await expect(response.arrayBuffer()).resolves.toMatchObject({ byteLength: 3_000_000 })
})
