import { type Case, failed, type Asked, formOf, post } from './case.ts'

const form = (path: string, fields: Readonly<Record<string, string | Blob>>): Asked => ({
  path,
  body: formOf(Object.entries(fields)),
})
const urlencoded = (path: string, body: string): Asked => ({
  path,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
})
const note = new File(['a note'], 'note.txt', { type: 'text/plain' })
const sound = new File([Uint8Array.of(255, 251, 144, 0)], 'a.mp3', { type: 'audio/mpeg' })
const rows = [
  { a: 1, b: 'x' },
  { a: 2, b: null },
]
// The smallest PNG: one transparent pixel.
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

export const files: readonly Case[] = [
  {
    id: 17,
    what: 'parameters as a form in the body',
    asked: urlencoded('/add', 'a=1&b=2'),
    expected: { status: 200, text: '3' },
  },
  {
    id: 17,
    what: 'parameters as parts of a form',
    asked: form('/add', { a: '1', b: '2' }),
    expected: { status: 200, text: '3' },
  },
  {
    id: 18,
    what: 'JSON that says that it is a form',
    asked: urlencoded('/add', '{"a":1,"b":2}'),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', '2 validation errors for Input', [
        { type: 'missing', loc: ['a'] },
        { type: 'missing', loc: ['b'] },
      ]),
    },
  },
  {
    id: 26,
    what: 'a table of rows',
    asked: post('/df', { x: rows }),
    expected: { status: 200, json: rows },
  },
  {
    id: 26,
    what: 'a table of columns',
    asked: post('/df', { x: { a: [1, 2], b: ['x', null] } }),
    expected: { status: 200, json: rows },
  },
  {
    id: 26,
    what: 'a table of columns at the root, with one that nobody declared and one that is missing',
    asked: post('/df_root', { a: [1, 2], c: [3, 4] }),
    expected: {
      status: 200,
      json: [
        { a: 1, b: null },
        { a: 2, b: null },
      ],
    },
  },
  {
    id: 37,
    what: 'a file and a text',
    asked: form('/file_in', { f: note, label: 'é' }),
    expected: { status: 200, text: 'é:note.txt:6' },
  },
  {
    id: 37,
    what: 'a missing file',
    asked: form('/file_in', { label: 'y' }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'missing', loc: ['f'] }]),
    },
  },
  {
    id: 37,
    what: 'a URL of this machine for a file',
    asked: form('/file_in', { f: 'http://127.0.0.1:1/secret' }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'path_type', loc: ['f'] }]),
    },
    deviation:
      'BentoML: "Connection blocked due to insecure input URL"; here no URL is fetched unless http.urlInputs is on',
  },
  {
    id: 37,
    what: 'a file of another content type',
    asked: form('/audio', { f: note }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'value_error', loc: ['f'] }]),
    },
  },
  {
    id: 37,
    what: 'a file of the content type that is asked for',
    asked: form('/audio', { f: sound }),
    expected: { status: 200, text: '4' },
  },
  {
    id: 38,
    what: 'two files',
    asked: {
      path: '/files',
      body: formOf([
        ['fs', note],
        ['fs', sound],
      ]),
    },
    expected: { status: 200, text: '10' },
  },
  {
    id: 38,
    what: 'a file that is the body',
    asked: { path: '/file_root', headers: { 'content-type': 'image/png' }, body: pixel },
    expected: { status: 200, text: String(pixel.length) },
  },
  {
    id: 39,
    what: 'a file as the answer',
    asked: { path: '/file_out' },
    expected: {
      status: 200,
      text: 'a,b\n1,2\n',
      headers: {
        'content-type': 'text/csv',
        'content-length': '8',
        'content-disposition': 'attachment; filename="out.csv"',
      },
    },
  },
  {
    id: 39,
    what: 'an image as the answer',
    asked: form('/img', { image: new File([pixel], 'dot.bin') }),
    expected: {
      status: 200,
      bytes: pixel.toString('hex'),
      headers: { 'content-type': 'image/png' },
    },
  },
  {
    id: 40,
    what: 'bytes as the answer',
    asked: { path: '/bytesout' },
    expected: {
      status: 200,
      bytes: '0001',
      headers: { 'content-type': 'application/octet-stream' },
    },
    deviation: 'BentoML: text/plain, which bytes are not: who takes it for text would break them',
  },
]
