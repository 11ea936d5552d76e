import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import type { App, AppRequest, AppResponse } from '../../../src/serve/app.ts'
import { NodeServer } from '../../../src/serve/http/node-server.ts'
import { jsonResponse } from '../../../src/serve/http/responses.ts'

const open: { acceptor: Server; server: NodeServer }[] = []

afterEach(async () => {
  for (const { acceptor, server } of open.splice(0)) {
    acceptor.close()
    await server.drain(20)
  }
})

type Handle = (request: AppRequest) => Promise<AppResponse>

/** A server whose connections come from another listener, as they come from a supervisor. */
async function serve(handle: Handle): Promise<{ port: number; server: NodeServer }> {
  const app: App = { handle, close: async () => undefined }
  const server = new NodeServer(app)
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
    body: Buffer.alloc(3_000_000),
  })
  await expect(response.json()).resolves.toEqual({ size: 3_000_000 })
})

test('refuses a body that is too large, and goes on', async () => {
  const { port } = await serve(echo)
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: Buffer.alloc(65 * 1024 * 1024),
  })
  expect(response.status).toBe(413)
  await expect(response.json()).resolves.toMatchObject({ code: 'BODY_TOO_LARGE' })
  await expect(fetch(`http://127.0.0.1:${port}/`)).resolves.toMatchObject({ status: 200 })
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

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
