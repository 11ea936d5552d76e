import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { client, type ClientOptions, type ServiceClient } from '../../src/client/client.ts'

/*
 * What a client makes of a way that breaks, and of what is no service: servers here answer by hand.
 */
interface Greeter {
  greet(input: { name: string }): string
  count(): AsyncIterable<number>
  pieces(): AsyncIterable<Uint8Array>
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const schema = {
  routes: [
    {
      name: 'greet',
      route: '/greet',
      input: { type: 'object', properties: { name: { type: 'string' } } },
      output: { type: 'string' },
    },
    { name: 'count', route: '/count', input: {}, output: { is_stream: true } },
    {
      name: 'pieces',
      route: '/pieces',
      input: {},
      output: { type: 'string', format: 'binary', is_stream: true },
    },
  ],
}

interface Given {
  readonly port?: number
  readonly schema?: Answer
}

async function serve(answer: Answer, { port = 0, ...given }: Given = {}): Promise<string> {
  const tell: Answer =
    given.schema ?? ((_request, response) => response.end(JSON.stringify(schema)))
  const server = createServer((request, response) =>
    request.url === '/schema.json' ? tell(request, response) : answer(request, response),
  )
  servers.push(server.listen(port, '127.0.0.1'))
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function open(url: string, options: ClientOptions = {}): ServiceClient<Greeter> {
  return client<Greeter>(url, options)
}

const hello: Answer = (_request, response) => {
  response.setHeader('content-type', 'text/plain').end('hello')
}

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const url = await serve(hello)
  const server = servers.pop()
  await new Promise((resolve) => server?.close(resolve))
  return Number(new URL(url).port)
}

test('says that nothing was sent where nobody listens', async () => {
  const port = await freePort()
  await using greeter = open(`http://127.0.0.1:${port}`, { retries: 0 })
  await expect(greeter.greet({ name: 'Ann' })).rejects.toMatchObject({
    name: 'ClientError',
    code: 'UNREACHABLE',
    status: undefined,
    message: expect.stringMatching(/^There is no connection to http:\/\/127\.0\.0\.1:\d+: /),
  })
})

test('waits for a service that is about to listen', async () => {
  const port = await freePort()
  await using greeter = open(`http://127.0.0.1:${port}`, { retries: 5 })
  const call = greeter.greet({ name: 'Ann' })
  setTimeout(() => void serve(hello, { port }), 120)
  await expect(call).resolves.toBe('hello')
})

test('does not make a call again that may have been run', async () => {
  let calls = 0
  const url = await serve((request) => {
    calls += 1
    request.socket.destroy()
  })
  await using greeter = open(url, { retries: 5 })
  await expect(greeter.greet({ name: 'Ann' })).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  expect(calls).toBe(1)
})

test('notices an answer that breaks off', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '10' })
    response.write('hel', () => response.destroy())
  })
  await using greeter = open(url)
  await expect(greeter.greet({ name: 'Ann' })).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
})

test('reads what waits behind a connection that its server has closed', async () => {
  const size = 64 << 10
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': String(size), connection: 'close' })
    response.end(Buffer.alloc(size, '1'))
  })
  await using greeter = open(url)
  let read = 0
  for await (const piece of greeter.pieces()) {
    read += piece.length
    await sleep(100)
  }
  expect(read).toBe(size)
})

test('reads the methods once, for calls that come together too', async () => {
  let reads = 0
  const url = await serve(hello, {
    schema(_request, response) {
      reads += 1
      response.end(JSON.stringify(schema))
    },
  })
  await using greeter = open(url)
  await Promise.all([greeter.greet({ name: 'Ann' }), greeter.greet({ name: 'Bob' })])
  await greeter.greet({ name: 'Eve' })
  expect(reads).toBe(1)
})

test('reads the methods again after that has failed', async () => {
  let reads = 0
  const url = await serve(hello, {
    schema(_request, response) {
      reads += 1
      response.statusCode = reads === 1 ? 500 : 200
      response.end(JSON.stringify(schema))
    },
  })
  await using greeter = open(url)
  await expect(greeter.greet({ name: 'Ann' })).rejects.toMatchObject({ code: 'HTTP_500' })
  await expect(greeter.greet({ name: 'Ann' })).resolves.toBe('hello')
})

test.each([
  ['no JSON', '<html>', 'What answers at /schema.json is no JSON'],
  ['another JSON', '{}', 'What answers at /schema.json is no bento'],
  ['a list', '[1]', 'What answers at /schema.json is no bento'],
])('refuses a server whose schema is %s', async (_what, text, message) => {
  const url = await serve(hello, { schema: (_request, response) => response.end(text) })
  await using greeter = open(url)
  const call = greeter.greet({ name: 'Ann' })
  await expect(call).rejects.toMatchObject({ code: 'ANSWER_INVALID', message })
})

test('tells what a proxy says in its own words', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(502).end('<h1>Bad Gateway</h1>')
  })
  await using greeter = open(url)
  await expect(greeter.greet({ name: 'Ann' })).rejects.toMatchObject({
    code: 'HTTP_502',
    status: 502,
    message: 'The service answered 502: <h1>Bad Gateway</h1>',
  })
})

test('says that an answer cannot be read', async () => {
  const url = await serve((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{"a":')
  })
  await using greeter = open(url)
  await expect(greeter.greet({ name: 'Ann' })).rejects.toMatchObject({
    code: 'ANSWER_INVALID',
    message: expect.stringMatching(/^The answer of "greet" cannot be read: /),
  })
})

test('gives up at the deadline while it still connects and reads the methods', async () => {
  const url = await serve(hello, { schema: () => undefined })
  await using greeter = open(url)
  const call = greeter.greet({ name: 'Ann' }, { timeoutMs: 50 })
  await expect(call).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: 'The service did not answer within 50 ms',
  })
})

test('comes again at the time that a date names', async () => {
  let calls = 0
  const url = await serve((request, response) => {
    calls += 1
    if (calls > 1) return hello(request, response)
    response.writeHead(429, { 'retry-after': new Date().toUTCString() }).end('{}')
  })
  await using greeter = open(url)
  await expect(greeter.greet({ name: 'Ann' })).resolves.toBe('hello')
})

test('serves below a path of its host', async () => {
  const paths: (string | undefined)[] = []
  const url = await serve((request, response) => {
    paths.push(request.url)
    if (request.url?.endsWith('/schema.json')) response.end(JSON.stringify(schema))
    else hello(request, response)
  })
  await using greeter = open(`${url}/iris/v2/`)
  await greeter.greet({ name: 'Ann' })
  expect(paths).toEqual(['/iris/v2/schema.json', '/iris/v2/greet'])
})

test('waits for no stream where there is none, and iterates over no answer', async () => {
  const url = await serve(hello)
  await using greeter = open(url)
  const call: unknown = greeter.greet({ name: 'Ann' })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a caller may lie to the types
  const [first] = [(call as AsyncIterable<unknown>)[Symbol.asyncIterator]()]
  await expect(first?.next()).rejects.toThrow('"greet" does not stream: await its answer')
})
