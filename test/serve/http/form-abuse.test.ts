import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Files } from './file-service.ts'
import { serveApp, type ServedApp } from './serve-app.ts'

let served: ServedApp

beforeAll(async () => {
  served = await serveApp(Files, { maxBodySize: 8_000_000 })
})

afterAll(() => served.close())

const form = 'multipart/form-data; boundary=b'

async function send(
  body: string | Uint8Array,
  type = form,
  path = '/describe',
): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': type }
  const response = await fetch(served.url + path, { method: 'POST', headers, body })
  return { status: response.status, text: await response.text() }
}

function part(headers: string, content = 'x'): string {
  return `--b\r\n${headers}\r\n\r\n${content}\r\n`
}

const file = 'content-disposition: form-data; name="f"; filename='

test.each<[string, string, string?]>([
  ['no boundary in its type', part(`${file}"a"`), 'multipart/form-data'],
  ['an empty boundary', part(`${file}"a"`), 'multipart/form-data; boundary='],
  ['another boundary', part(`${file}"a"`), 'multipart/form-data; boundary=other'],
  ['nothing', ''],
  ['no end', part(`${file}"a"`)],
  ['an end within a part', `--b\r\n${file}"a"\r\n\r\nabc`],
  ['an end within headers', `--b\r\n${file}"a`],
  ['dashes alone', `--b${'-'.repeat(100_000)}`],
  ['only the end', '--b--\r\n'],
  ['parts without headers', `${'--b\r\n\r\nx\r\n'.repeat(50)}--b--\r\n`],
  ['a part without a name', `${part('content-disposition: form-data')}--b--\r\n`],
  ['an empty name', `${part('content-disposition: form-data; name=""')}--b--\r\n`],
  ['another disposition', `${part('content-disposition: attachment; name="f"')}--b--\r\n`],
  ['a huge header', `${part(`x: ${'y'.repeat(1_000_000)}`)}--b--\r\n`],
  ['many headers', `${part('x: y\r\n'.repeat(50_000))}--b--\r\n`],
  [
    'too many parts',
    `${part('content-disposition: form-data; name="n"', '1').repeat(5000)}--b--\r\n`,
  ],
  [
    'names that objects inherit',
    `${part('content-disposition: form-data; name="__proto__"', '{"f":1}')}--b--\r\n`,
  ],
  ['a text for a file', `${part('content-disposition: form-data; name="f"')}--b--\r\n`],
  [
    'a form within a form',
    `${part(`content-disposition: form-data; name="g"\r\ncontent-type: multipart/mixed; boundary=c`, '--c\r\n\r\n--c--')}--b--\r\n`,
  ],
  [
    'bytes that are no text',
    `${part(`${file}"a"`)}--b\r\ncontent-disposition: form-data; name="n"\r\n\r\n\u0080{\r\n--b--\r\n`,
  ],
  ['no UTF-8 in a URL form', 'f=%FF%FE', 'application/x-www-form-urlencoded'],
  ['too many fields in a URL form', 'n=1&'.repeat(20_000), 'application/x-www-form-urlencoded'],
])('answers a form that has %s with 400, at once', async (...[, body, type]) => {
  const before = performance.now()
  const { status, text } = await send(body, type)
  expect([status, text]).toEqual([400, expect.stringMatching(/"code":"(?:BODY|INPUT)_INVALID"/)])
  expect(text).not.toMatch(/node_modules|\.ts|\/tmp|at .*:\d+/)
  expect(performance.now() - before).toBeLessThan(5000)
})

test.each([
  ['"../../etc/passwd"', 'passwd'],
  ['"..\\\\..\\\\windows\\\\system.ini"', 'system.ini'],
  ['"C:\\\\x"', 'x'],
  ['"a\u0000b.txt"', 'ab.txt'],
  ['"a\u202egnp.exe"', 'agnp.exe'],
  [`"${'n'.repeat(5000)}"`, 'n'.repeat(255)],
  ['"/"', ''],
  ["x; filename*=UTF-8''d%C3%A9.txt", 'dé.txt'],
])('keeps of a name only what is safe: %#', async (name, expected) => {
  const { status, text } = await send(`${part(file + name)}--b--\r\n`)
  expect([status, text.split(':')[1]]).toEqual([200, expected])
})

test('takes a form of very many small chunks', async () => {
  const body = `${part(`${file}"a"`, 'x'.repeat(50_000))}--b--\r\n`
  const chunks = body.replace(/[^]/g, (char) => `1\r\n${char}\r\n`)
  const heard = await talk(
    `POST /describe HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: ${form}\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
  )
  expect(heard).toMatch(/^HTTP\/1\.1 200 /)
  expect(heard).toContain(':50000:')
})

test('refuses a form that turns out to be too large, and keeps none of it', async () => {
  const before = folders()
  const { status, text } = await send(`${part(`${file}"a"`, 'x'.repeat(8_000_000))}--b--\r\n`)
  expect([status, text]).toEqual([413, expect.stringContaining('BODY_TOO_LARGE')])
  await until(() => freshSince(before).length === 0)
})

test('keeps nothing of a client that leaves halfway', async () => {
  const before = folders()
  const head = `POST /describe HTTP/1.1\r\nhost: x\r\ncontent-type: ${form}\r\n`
  const socket = connect(served.port, '127.0.0.1')
  socket.write(`${head}content-length: 5000000\r\n\r\n--b\r\n${file}"a"\r\n\r\n`)
  socket.write('x'.repeat(3_000_000))
  await until(() => freshSince(before).length > 0)
  socket.destroy()
  await until(() => freshSince(before).length === 0)
  expect(freshSince(before)).toEqual([])
})

function folders(): Set<string> {
  return new Set(readdirSync(tmpdir()).filter((name) => name.startsWith('bento-request-')))
}

function freshSince(before: ReadonlySet<string>): string[] {
  return [...folders()].filter((name) => !before.has(name))
}

async function until(condition: () => boolean): Promise<void> {
  for (let looks = 0; looks < 500 && !condition(); looks += 1) await wait()
  expect(condition()).toBe(true)
}

function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}

function talk(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(served.port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    socket.once('close', () => resolve(heard))
    socket.once('error', reject)
  })
}
