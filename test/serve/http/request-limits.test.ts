import { once } from 'node:events'
import { connect, type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, expect, test } from '@jest/globals'
import type { App } from '../../../src/serve/app.ts'
import type { HttpLimits } from '../../../src/serve/http/create-server.ts'
import { NodeServer } from '../../../src/serve/http/node-server.ts'
import { errorResponse, jsonResponse } from '../../../src/serve/http/responses.ts'

const open: { acceptor: Server; server: NodeServer; sockets: Socket[] }[] = []

afterEach(async () => {
  for (const { acceptor, server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy()
    acceptor.close()
    await server.drain(0)
  }
})

const defaults: HttpLimits = {
  maxBodySize: 1_000_000,
  headersTimeout: 10,
  requestTimeout: 300,
  keepAliveTimeout: 75,
}

/** Says how large the body was, as an app that reads it and answers its errors. */
const app: App = {
  async handle({ body }) {
    try {
      let size = 0
      if (Buffer.isBuffer(body)) size = body.length
      else for await (const chunk of body) size += chunk.length
      return jsonResponse(200, { size })
    } catch (error) {
      return errorResponse(error)
    }
  },
  close: async () => undefined,
}

interface Served {
  readonly url: string
  readonly port: number
  readonly server: NodeServer
  readonly sockets: Socket[]
}

async function serve(limits: Partial<HttpLimits> = {}): Promise<Served> {
  const server = new NodeServer(app, { ...defaults, ...limits })
  const acceptor = createServer({ pauseOnConnect: true }, (socket) => server.accept(socket))
  acceptor.listen(0, '127.0.0.1')
  await once(acceptor, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  const { port } = acceptor.address() as AddressInfo
  const sockets: Socket[] = []
  open.push({ acceptor, server, sockets })
  return { url: `http://127.0.0.1:${port}/`, port, server, sockets }
}

interface Talk {
  readonly socket: Socket
  /** All that came back, once the server has closed. */
  readonly closed: Promise<string>
  /** Resolves with all that came back once `text` has. */
  heard(text: string): Promise<string>
}

/** A client that says exactly these bytes. */
async function talk({ port, sockets }: Served, text: string): Promise<Talk> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  // A reset after the answer is the server's way to stop a client that goes on sending.
  socket.on('error', () => undefined)
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)))
  await once(socket, 'connect')
  socket.write(text)
  return {
    socket,
    closed,
    async heard(part) {
      while (!heard.includes(part)) await new Promise((resolve) => setTimeout(resolve, 5))
      return heard
    },
  }
}

test('refuses at its headers what says that it is too large', async () => {
  const served = await serve()
  const client = await talk(served, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000001\r\n\r\n')
  // Not a byte of the body has been sent.
  await client.heard('BODY_TOO_LARGE')
  expect(await client.closed).toMatch(/^HTTP\/1\.1 413 /)
})

test('refuses a body without a length as soon as it has become too large, and stays well', async () => {
  const served = await serve()
  const client = await talk(
    served,
    'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
  )
  const chunk = `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n`
  for (let sent = 0; sent < 11; sent++) client.socket.write(chunk)
  await client.heard('BODY_TOO_LARGE')
  await client.heard('connection: close')
  client.socket.write('0\r\n\r\n')
  expect(await client.closed).toMatch(/^HTTP\/1\.1 413 /)
  await expect(fetch(served.url)).resolves.toMatchObject({ status: 200 })
})

test('lets a client that sends all the same see why it was refused', async () => {
  const { url } = await serve()
  const response = await fetch(url, { method: 'POST', body: Buffer.alloc(30_000_000) })
  expect(response.status).toBe(413)
  await expect(response.json()).resolves.toEqual({
    code: 'BODY_TOO_LARGE',
    error: 'The body is larger than 1000000 bytes',
  })
})

test('closes on a client that does not stop sending', async () => {
  const served = await serve()
  const client = await talk(served, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n')
  const drip = setInterval(() => client.socket.write('x'), 20)
  expect(await client.closed).toMatch(/^HTTP\/1\.1 413 /)
  clearInterval(drip)
})

const text = Buffer.from('features '.repeat(5000))

test.each([
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['GZIP', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
  ['identity', text],
  [' Identity ', text],
])('reads a body in %s', async (encoding, body) => {
  const { url } = await serve()
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-encoding': encoding },
    body,
  })
  await expect(response.json()).resolves.toEqual({ size: text.length })
})

test.each(['gzip, br', 'zstd', 'nonsense'])('does not read a body in %s', async (encoding) => {
  const { url } = await serve()
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-encoding': encoding },
    body: gzipSync(text),
  })
  expect(response.status).toBe(415)
  await expect(response.json()).resolves.toEqual({
    code: 'MEDIA_TYPE_UNSUPPORTED',
    error: `Content-Encoding "${encoding}" is not supported`,
  })
})

test.each([
  ['is not what it says', Buffer.from('not compressed at all')],
  ['ends too early', gzipSync(text).subarray(0, 50)],
])('refuses a compressed body that %s', async (_what, body) => {
  const { url } = await serve()
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-encoding': 'gzip' },
    body,
  })
  expect(response.status).toBe(400)
  await expect(response.json()).resolves.toEqual({
    code: 'BODY_INVALID',
    error: 'The body is not gzip',
  })
})

// The best compression takes a minute for so much.
function quickBrotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } })
}

test.each([
  ['gzip', gzipSync],
  ['br', quickBrotli],
])('stops a %s bomb at the limit, and keeps its memory', async (encoding, compress) => {
  const { url } = await serve()
  const bomb = compress(Buffer.alloc(300_000_000))
  expect(bomb.length).toBeLessThan(400_000)
  const before = process.memoryUsage.rss()
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-encoding': encoding },
    body: bomb,
  })
  expect(response.status).toBe(413)
  expect(process.memoryUsage.rss() - before).toBeLessThan(50_000_000)
})

test('puts a body of very many small chunks together', async () => {
  const served = await serve()
  const client = await talk(
    served,
    'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
  )
  for (let part = 0; part < 100; part++) client.socket.write('1\r\nx\r\n'.repeat(1000))
  client.socket.write('0\r\n\r\n')
  expect(await client.heard('{"size":100000}')).toMatch(/^HTTP\/1\.1 200 /)
})

test('asks for the body of a client that waits for a word', async () => {
  const served = await serve()
  const headers = 'POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n'
  const client = await talk(served, `${headers}content-length: 5\r\n\r\n`)
  expect(await client.heard('100 Continue')).not.toContain('size')
  client.socket.write('hello')
  expect(await client.heard('{"size":5}')).toContain('HTTP/1.1 200')
})

test('does not ask for a body that would be too large', async () => {
  const served = await serve()
  const headers = 'POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n'
  const client = await talk(served, `${headers}content-length: 5000000\r\n\r\n`)
  const heard = await client.closed
  expect(heard).toMatch(/^HTTP\/1\.1 413 /)
  expect(heard).not.toContain('100 Continue')
})

test.each([
  ['says nothing', ''],
  ['does not finish its headers', 'GET / HTTP/1.1\r\nhost: x\r\n'],
])('closes on a client that %s in time', async (_what, sent) => {
  const served = await serve({ headersTimeout: 0.2 })
  const client = await talk(served, sent)
  expect(await client.closed).toMatch(/^HTTP\/1\.1 408 /)
})

test('closes on a client that does not finish its body in time', async () => {
  const served = await serve({ headersTimeout: 0.2, requestTimeout: 0.3 })
  const client = await talk(served, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc')
  expect(await client.closed).toMatch(/^HTTP\/1\.1 408 /)
})

test('keeps an idle connection for as long as it was told, and closes it then', async () => {
  const served = await serve({ keepAliveTimeout: 1 })
  const client = await talk(served, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await client.heard('{"size":0}')
  const answeredAt = performance.now()
  const heard = await client.closed
  expect(heard).toContain('Keep-Alive: timeout=1')
  expect(performance.now() - answeredAt).toBeGreaterThan(800)
})

test('refuses headers that are too large', async () => {
  const served = await serve()
  const client = await talk(served, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)
  expect(await client.closed).toMatch(/^HTTP\/1\.1 431 /)
})
