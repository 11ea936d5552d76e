import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { api, service } from '../../../src/index.ts'
import { type ServedApp, serveApp } from './serve-app.ts'

let calls = 0

const json = 'application/json'

@service({ traffic: { maxConcurrency: 1 } })
class Counting {
  @api({ input: z.number() })
  double(value: number): number {
    return 2 * value
  }

  @api()
  async count(): Promise<number> {
    calls++
    // Long enough that what follows on the connection is read before the answer goes out.
    await new Promise((resolve) => setTimeout(resolve, 50))
    return calls
  }
}

let served: ServedApp
beforeAll(async () => {
  served = await serveApp(Counting, { headersTimeout: 0.2, requestTimeout: 0.25 })
})
afterAll(() => served.close())

interface Heard {
  readonly head: string
  readonly body: unknown
}

/** What comes back until the server closes. */
async function talk(sent: string, then?: (socket: Socket) => void): Promise<string> {
  const socket = connect(served.port, '127.0.0.1')
  socket.on('error', () => undefined)
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += String(chunk)))
  socket.write(sent)
  then?.(socket)
  await once(socket, 'close')
  return heard
}

function parse(heard: string): Heard {
  const at = heard.indexOf('\r\n\r\n')
  return { head: heard.slice(0, at).toLowerCase(), body: JSON.parse(heard.slice(at + 4)) }
}

const post = (headers: string, body = ''): string =>
  `POST /count HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${body}`
const chunked = 'transfer-encoding: chunked'

test.each([
  ['another protocol', '\x16\x03\x01\x02\0', 400, 'REQUEST_MALFORMED', 'Invalid method'],
  ['a method that is none', 'FOO / HTTP/1.1\r\n\r\n', 400, 'REQUEST_MALFORMED', 'Invalid method'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'REQUEST_MALFORMED', 'speaks HTTP/1.1'],
  ['no host', 'GET /livez HTTP/1.1\r\n\r\n', 400, 'REQUEST_MALFORMED', 'Host is missing'],
  ['a chunk without a size', post(chunked, 'Z\r\n'), 400, 'REQUEST_MALFORMED', 'chunk size'],
  ['large headers', post(`x: ${'y'.repeat(20_000)}`), 431, 'HEADERS_TOO_LARGE', '16384 bytes'],
  ['large extensions', post(chunked, `1;${'a'.repeat(20_000)}`), 413, 'BODY_TOO_LARGE', 'chunk'],
  ['silence', '', 408, 'REQUEST_TIMEOUT', 'in time'],
  ['half of its headers', 'GET /livez HTTP/1.1\r\nhost: ', 408, 'REQUEST_TIMEOUT', 'in time'],
  ['half of its body', post('content-length: 9', 'abc'), 408, 'REQUEST_TIMEOUT', 'in time'],
])(
  'tells a client that sends %s what is wrong, and closes',
  async (_what, sent, ...[status, code, why]) => {
    const { head, body } = parse(await talk(sent))
    expect(head).toMatch(new RegExp(`^http/1\\.1 ${status} `))
    expect(head).toContain('content-type: application/json')
    expect(head).toContain('connection: close')
    expect(body).toEqual({ code, error: expect.stringContaining(why) })
  },
)

test('answers what was asked before what is no HTTP', async () => {
  const heard = await talk(`${post('content-length: 0')}BAD\x01\r\n\r\n`)
  expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
})

test('says it to a client that goes on sending', async () => {
  const heard = await talk('BAD\x01\r\n\r\n', (socket) => {
    const more = setInterval(() => socket.write('x'.repeat(10_000)), 10)
    socket.once('close', () => clearInterval(more))
  })
  expect(parse(heard).body).toMatchObject({ code: 'REQUEST_MALFORMED' })
})

test('takes a whole URL for its path', async () => {
  const heard = await talk('GET http://x:1/livez?a=b HTTP/1.0\r\n\r\n')
  expect(heard).toMatch(/^HTTP\/1\.1 200 /)
})

test.each([
  ['an unknown route', 'POST /nothing', 404],
  ['another method', 'PUT /count', 405],
])('does not ask for the body of a request to %s', async (_what, line, status) => {
  const expecting = 'host: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n'
  const heard = await talk(`${line} HTTP/1.1\r\n${expecting}`)
  expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(heard).toContain('connection: close')
})

test('lets go of a client that leaves when it is asked for its body', async () => {
  const sent = post('expect: 100-continue\r\ncontent-length: 5').replace('/count', '/double')
  const heard = await talk(sent, (socket) => {
    socket.once('data', () => socket.destroy())
  })
  expect(heard).toContain('100 Continue')
  const double = (): Promise<Response> =>
    fetch(`${served.url}/double`, { method: 'POST', body: '4', headers: { 'content-type': json } })
  // Until the server has heard of it, the only place that there is is taken.
  let again = await double()
  while (again.status === 429) again = await double()
  expect(again.status).toBe(200)
})

test('answers who expects what nobody promises', async () => {
  const sent = post('expect: wonders\r\nconnection: close\r\ncontent-length: 0')
  expect(await talk(sent)).toMatch(/^HTTP\/1\.1 200 /)
})
