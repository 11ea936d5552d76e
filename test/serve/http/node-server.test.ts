import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import type { App, AppRequest, AppResponse } from '../../../src/serve/app.ts'
import type { HttpLimits } from '../../../src/serve/http/create-server.ts'
import { NodeServer } from '../../../src/serve/http/node-server.ts'
import { jsonResponse } from '../../../src/serve/http/responses.ts'

const open: { acceptor: Server; server: NodeServer }[] = []

afterEach(async () => {
  for (const { acceptor, server } of open.splice(0)) {
    acceptor.close()
    await server.drain(20)
  }
})

const defaults: HttpLimits = {
  maxBodySize: 1_000_000,
  headersTimeout: 10,
  requestTimeout: 300,
  keepAliveTimeout: 75,
}

type Handle = (request: AppRequest) => Promise<AppResponse>

/** A server whose connections come from another listener, as they come from a supervisor. */
async function serve(
  handle: Handle,
  limits: Partial<HttpLimits> = {},
): Promise<{ port: number; server: NodeServer }> {
  const app: App = { handle, close: async () => undefined }
  const server = new NodeServer(app, { ...defaults, ...limits })
  const acceptor = createServer({ pauseOnConnect: true }, (socket) => server.accept(socket))
  acceptor.listen(0, '127.0.0.1')
  await once(acceptor, 'listening')
  open.push({ acceptor, server })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  return { port: (acceptor.address() as AddressInfo).port, server }
}

const echo: Handle = async ({ method, path, headers, body }) =>
  jsonResponse(200, { method, path, type: headers['content-type'], body: textOf(body) })

function textOf(body: AppRequest['body']): string {
  return Buffer.isBuffer(body) ? body.toString() : 'a stream'
}

test('hands a request over as plain data', async () => {
  const { port } = await serve(echo)
  const response = await fetch(`http://127.0.0.1:${port}/a/b?x=1`, {
    method: 'POST',
    headers: { 'content-type': 'text/x' },
    body: 'héllo',
  })
  expect(response.status).toBe(200)
  await expect(response.json()).resolves.toEqual({
    method: 'POST',
    path: '/a/b?x=1',
    type: 'text/x',
    body: 'héllo',
  })
})

test('puts a body of many chunks together', async () => {
  const { port } = await serve(async ({ body }) =>
    jsonResponse(200, { size: Buffer.isBuffer(body) ? body.length : -1 }),
  )
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: Buffer.alloc(900_000),
  })
  await expect(response.json()).resolves.toEqual({ size: 900_000 })
})

test('answers 500 without a stack when the app fails', async () => {
  const { port } = await serve(async () => {
    throw new Error('secret path /etc')
  })
  const response = await fetch(`http://127.0.0.1:${port}/`)
  expect(response.status).toBe(500)
  await expect(response.json()).resolves.toEqual({
    error: 'The service failed; its log says more',
    code: 'INTERNAL',
  })
})

test('streams a body chunk by chunk', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one ')
    yield Buffer.from('two')
  }
  const { port } = await serve(async () => ({ status: 200, headers: {}, body: chunks() }))
  const response = await fetch(`http://127.0.0.1:${port}/`)
  await expect(response.text()).resolves.toBe('one two')
})

test('cuts the connection when a stream fails after its start', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one ')
    await nextTurn()
    throw new Error('late')
  }
  const { port } = await serve(async () => ({ status: 200, headers: {}, body: chunks() }))
  const response = await fetch(`http://127.0.0.1:${port}/`)
  await expect(response.text()).rejects.toMatchObject({ message: 'terminated' })
})

test('tells the app that a client has left', async () => {
  const seen: AppRequest[] = []
  let finish: (response: AppResponse) => void = () => undefined
  const { port } = await serve((received) => {
    seen.push(received)
    return new Promise((resolve) => {
      finish = resolve
    })
  })
  const client = request({ port, host: '127.0.0.1', path: '/' })
  client.on('error', () => undefined)
  client.end()
  while (seen.length === 0) await nextTurn()
  const [received] = seen
  expect(received?.signal.aborted).toBe(false)
  expect(received?.isGone?.()).toBe(false)
  client.destroy()
  while (!received?.signal.aborted) await nextTurn()
  expect(received.isGone?.()).toBe(true)
  finish(jsonResponse(200, {}))
})

test('finishes what is under way when it drains, and then closes the connection', async () => {
  let finish: (response: AppResponse) => void = () => undefined
  const { port, server } = await serve(
    () =>
      new Promise((resolve) => {
        finish = resolve
      }),
  )
  const client = request({ port, host: '127.0.0.1', path: '/' })
  client.end()
  const answered = new Promise<IncomingMessage>((resolve) => client.once('response', resolve))
  await nextTurn()
  const drained = server.drain(20)
  await nextTurn()
  finish(jsonResponse(200, { late: true }))
  const response = await answered
  response.resume()
  expect(response.statusCode).toBe(200)
  expect(response.headers.connection).toBe('close')
  await drained
})

test('closes idle connections when it drains', async () => {
  const { port, server } = await serve(echo)
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  socket.resume()
  await nextTurn()
  await server.drain(20)
  await closed
  expect(socket.destroyed).toBe(true)
})

test('answers a request that arrives while it drains, and asks its client to close', async () => {
  const { port, server } = await serve(echo)
  const client = await rawClient(port)
  const drained = server.drain(200)
  client.socket.write('GET /late HTTP/1.1\r\nhost: x\r\n\r\n')
  expect((await client.closed).toLowerCase()).toContain('connection: close')
  await drained
})

test('waits while it drains for the rest of a request that has begun to arrive', async () => {
  const { port, server } = await serve(echo)
  const client = await rawClient(port)
  const drained = server.drain(60)
  const parts = ['GET /slowly HTTP/1.1\r\n', 'host: x\r\n', 'a: b\r\n', 'c: d\r\n', '\r\n']
  for (const part of parts) {
    client.socket.write(part)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  expect(await client.closed).toContain('200 OK')
  await drained
})

test('gives a client whose stream ends during a drain time to hear of it', async () => {
  let finish: () => void = () => undefined
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one ')
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    yield Buffer.from('two')
  }
  const { port, server } = await serve(async ({ path }) =>
    path === '/' ? { status: 200, headers: {}, body: chunks() } : jsonResponse(200, 'more'),
  )
  const client = await rawClient(port)
  client.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await client.heard('one ')
  const drained = server.drain(100)
  // Longer than its last call: an open stream is not idle.
  await new Promise((resolve) => setTimeout(resolve, 200))
  finish()
  await client.heard('two')
  client.socket.write('GET /next HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(await client.closed).toContain('"more"')
  await drained
})

test('reads from a stream no faster than its client, and ends it when the client leaves', async () => {
  let made = 0
  let isOver = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        made++
        yield Buffer.alloc(100_000)
      }
    } finally {
      isOver = true
    }
  }
  const { port } = await serve(async () => ({ status: 200, headers: {}, body: endless() }))
  const client = await rawClient(port)
  client.socket.pause()
  client.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await untilStill(() => made)
  // What the kernel holds on both sides of a connection, and not more.
  expect(made).toBeLessThan(200)
  client.socket.destroy()
  await untilStill(() => Number(isOver))
  expect(isOver).toBe(true)
})

/** Waits until a number has been above zero and the same for 100 ms. */
async function untilStill(read: () => number): Promise<void> {
  let before = 0
  while (before === 0 || read() !== before) {
    before = read()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

interface RawClient {
  readonly socket: Socket
  readonly closed: Promise<string>
  heard(text: string): Promise<void>
}

async function rawClient(port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  await once(socket, 'connect')
  await nextTurn()
  return {
    socket,
    closed: once(socket, 'close').then(() => heard),
    async heard(text) {
      while (!heard.includes(text)) await nextTurn()
    },
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
