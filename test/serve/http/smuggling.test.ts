import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { App } from '../../../src/serve/app.ts'
import { NodeServer } from '../../../src/serve/http/node-server.ts'
import { jsonResponse } from '../../../src/serve/http/responses.ts'

/** The paths that were asked for, and how large their bodies were. */
const seen: { path: string; size: number }[] = []

const app: App = {
  async handle({ path, body }) {
    let size = 0
    if (Buffer.isBuffer(body)) size = body.length
    else for await (const chunk of body) size += chunk.length
    seen.push({ path, size })
    return jsonResponse(200, { size })
  },
  close: async () => undefined,
}

const limits = {
  maxBodySize: 2_000_000,
  headersTimeout: 2,
  // On a busy machine a million chunks take their time.
  requestTimeout: 60,
  keepAliveTimeout: 1,
}

let server: NodeServer
let acceptor: Server
let port: number

beforeAll(async () => {
  server = new NodeServer(app, limits)
  acceptor = createServer({ pauseOnConnect: true }, (socket) => server.accept(socket))
  acceptor.listen(0, '127.0.0.1')
  await once(acceptor, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  ;({ port } = acceptor.address() as AddressInfo)
})

afterAll(async () => {
  acceptor.close()
  await server.drain(0)
})

beforeEach(() => void seen.splice(0))

/** All that comes back until the server closes. */
async function talk(sent: string | Buffer): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += String(chunk)))
  socket.write(sent)
  await once(socket, 'close')
  return heard
}

const hidden = 'GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n'
const chunk = (size: string, data = hidden): string => `${size}\r\n${data}\r\n0\r\n\r\n`
const size = hidden.length.toString(16)
const post = (headers: string, body: string): string =>
  `POST /open HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n\r\n${body}`
const length = `content-length: ${hidden.length}`
const chunked = 'transfer-encoding: chunked'

// What one server takes for a body, another may take for a second request: none of these may be two requests.
test.each([
  ['a length beside chunks', post(`${length}\r\n${chunked}`, `0\r\n\r\n${hidden}`)],
  ['chunks beside a length', post(`${chunked}\r\n${length}`, `0\r\n\r\n${hidden}`)],
  ['two lengths', post(`${length}\r\ncontent-length: 0`, hidden)],
  ['the same length twice', post(`${length}\r\n${length}`, hidden)],
  ['two lengths in a line', post(`content-length: 0, ${hidden.length}`, hidden)],
  ['a length with a sign', post(`content-length: +${hidden.length}`, hidden)],
  ['a negative length', post('content-length: -1', hidden)],
  ['a length in hexadecimal', post('content-length: 0x1', hidden)],
  ['a length with a space in it', post('content-length: 1 0', hidden)],
  ['a length beyond 64 bits', post('content-length: 18446744073709551617', hidden)],
  ['a space before a colon', post(`content-length : ${hidden.length}`, hidden)],
  ['a folded length', post(`content-length:\r\n ${hidden.length}`, hidden)],
  ['a folded header', post(`x: a\r\n b\r\n${length}`, hidden)],
  ['an unknown encoding', post('transfer-encoding: xchunked', chunk(size))],
  ['an encoding after chunks', post('transfer-encoding: chunked, identity', chunk(size))],
  ['chunks twice', post('transfer-encoding: chunked, chunked', chunk(size))],
  ['another encoding in a second line', post(`${chunked}\r\ntransfer-encoding: x`, chunk(size))],
  ['a vertical tab before chunked', post('transfer-encoding:\v chunked', chunk(size))],
  ['a NUL in chunked', post('transfer-encoding: chun\0ked', chunk(size))],
  ['a space before the encoding', post(' transfer-encoding: chunked', chunk(size))],
  ['a lone LF between headers', post(`x: a\n${chunked}`, chunk(size))],
  ['a lone CR between headers', post(`x: a\r${chunked}`, chunk(size))],
  ['a chunk size in 0x', post(chunked, chunk(`0x${size}`))],
  ['a negative chunk size', post(chunked, chunk('-1'))],
  ['a chunk size with a sign', post(chunked, chunk(`+${size}`))],
  ['a chunk size beyond 64 bits', post(chunked, chunk(`1${'0'.repeat(16)}`))],
  ['a chunk size before a lone LF', post(chunked, `${size}\n${hidden}\r\n0\r\n\r\n`)],
  ['an extension with a lone LF', post(chunked, `${size};a\n${hidden}\r\n0\r\n\r\n`)],
  ['a chunk that is longer than it says', post(chunked, `1\r\n${hidden}\r\n0\r\n\r\n`)],
  ['a space in a header name', post(`content length: 3\r\n${length}`, hidden)],
])('lets %s be no second request', async (_what, sent) => {
  const heard = await talk(sent)
  expect(seen.map(({ path }) => path)).not.toContain('/hidden')
  const answers = heard.match(/^HTTP\/1\.1 \d+/gm) ?? []
  expect(answers).toEqual([seen.length === 0 ? 'HTTP/1.1 400' : 'HTTP/1.1 200'])
})

test.each([
  ['an extension of a chunk', post(chunked, chunk(`${size};name="a;b"`))],
  ['Chunked in capitals', post('Transfer-Encoding: Chunked', chunk(size))],
  ['trailers', post(chunked, `${size}\r\n${hidden}\r\n0\r\nx-sum: 1\r\n\r\n`)],
])('takes %s for what it is', async (_what, sent) => {
  expect(await talk(sent)).toMatch(/^HTTP\/1\.1 200 /)
  expect(seen).toEqual([{ path: '/open', size: hidden.length }])
})

test('reads a million chunks of one byte in bounded time and memory', async () => {
  const count = 1_000_000
  const before = process.memoryUsage().rss
  const body = Buffer.from(`${'1\r\nx\r\n'.repeat(count)}0\r\n\r\n`)
  const heard = await talk(Buffer.concat([Buffer.from(post(chunked, '')), body]))
  expect(heard).toMatch(/^HTTP\/1\.1 200 /)
  expect(seen).toEqual([{ path: '/open', size: count }])
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(200)
}, 60_000)
