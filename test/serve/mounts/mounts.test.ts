import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { WebSocket } from 'ws'
import { api, mount, service } from '../../../src/sdk.ts'
import type { App } from '../../../src/serve/app.ts'
import { listen } from '../../client/listen.ts'
import { answerOf, appOf, call } from '../app-of.ts'
import { Mounts } from './mount-service.ts'

let app: App
let url: string
let guarded: string
const lines: string[] = []
const logStream = { write: (line: string) => void lines.push(line), flushSync: () => undefined }

beforeEach(async () => {
  app = await appOf(Mounts, { logStream })
  url = await listen(app)
  guarded = await listen(await appOf(Mounts, { logStream, env: { BENTO_API_KEYS: 'sesame' } }))
})

async function ask(path: string, init: RequestInit = {}): Promise<[number, string]> {
  const response = await fetch(url + path, init)
  return [response.status, await response.text()]
}

test('answers with an app of hono, in the paths that it knows', async () => {
  expect(await ask('/hono')).toEqual([200, 'hello from hono'])
  expect(await ask('/hono/')).toEqual([200, 'hello from hono'])
  expect(await ask('/hono/nothing')).toEqual([404, '404 Not Found'])
  const response = await fetch(`${url}/hono/echo?q=1`, { method: 'POST', body: 'héllo' })
  expect(response.status).toBe(201)
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(await response.json()).toEqual({ body: 'héllo', path: '/echo', q: '1' })
})

test('answers with an app of express, which reads the body itself', async () => {
  expect(await ask('/express')).toEqual([200, 'hello from express'])
  const init = {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
  }
  const [status, text] = await ask('/express/items/7', init)
  expect([status, JSON.parse(text)]).toEqual([
    202,
    { id: '7', body: { a: 1 }, from: '/express/items/7' },
  ])
})

test('answers with plain handlers of both kinds', async () => {
  expect(await ask('/raw/x', { method: 'DELETE' })).toEqual([204, ''])
  expect(await ask('/nodes')).toEqual([200, 'node '])
})

test.each(['/raw/x', '/nodes/fails'])('hides what fails inside of %s', async (path) => {
  const [status, text] = await ask(path)
  expect([status, JSON.parse(text)]).toEqual([
    500,
    { error: 'The service failed; its log says more', code: 'INTERNAL' },
  ])
})

test('keeps its own routes before what is mounted, and nothing beside it', async () => {
  const init = { method: 'POST', body: '{"name":"ann"}' }
  const headers = { 'content-type': 'application/json' }
  expect(await ask('/greet', { ...init, headers })).toEqual([200, 'hello ann'])
  expect((await ask('/honoured'))[0]).toBe(404)
  expect((await ask('/livez'))[0]).toBe(200)
})

test('counts and logs what is mounted under its own path', async () => {
  lines.length = 0
  await ask('/express/items/1', { method: 'PUT' })
  await ask('/hono/nothing')
  while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(lines.join('')).toMatch(/"path":"\/express\/items\/1".*"status":202/)
  const [, text] = await ask('/metrics')
  expect(text).toMatch(/request_total\{[^}]*endpoint="\/express\/\*"[^}]*code="202"/)
  expect(text).toMatch(/request_in_progress\{[^}]*endpoint="\/express\/\*"[^}]*\} 0/)
  expect(text).not.toContain('items')
})

test.each(['/hono', '/express', '/nodes', '/raw/x', '/express/items/7'])(
  'asks for a key at %s as everywhere',
  async (path) => {
    const response = await fetch(guarded + path)
    expect(response.status).toBe(401)
    const authorization = 'Bearer sesame'
    const known = await fetch(guarded + path, { headers: { authorization } })
    expect(known.status).not.toBe(401)
  },
)

describe('a WebSocket', () => {
  test('speaks with what is mounted', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/room?a=1`)
    await once(socket, 'open')
    socket.send('hello')
    const message: unknown[] = await once(socket, 'message')
    expect(String(message[0])).toBe('/room?a=1 hello')
    socket.close()
    await once(socket, 'close')
  })

  test('needs a key where there are keys', async () => {
    const socket = new WebSocket(`${guarded.replace('http', 'ws')}/chat`)
    const failure: unknown[] = await once(socket, 'error')
    expect(String(failure[0])).toContain('401')
  })

  test('is refused where nobody speaks it', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/greet`)
    const failure: unknown[] = await once(socket, 'error')
    expect(String(failure[0])).toContain('405')
  })

  test('is not made of a wish for HTTP/2', async () => {
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      'POST /greet HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\n' +
        'http2-settings: AAMAAABk\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"name":"ann"}',
    )
    let heard = ''
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    while (!heard.includes('hello ann')) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(heard).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  })
})

test('is not answered where there is no connection, as in a function', async () => {
  expect(await answerOf(call(app, '/express', { method: 'GET' }))).toMatchObject([
    404,
    { code: 'ROUTE_NOT_FOUND' },
  ])
  expect((await call(app, '/hono', { method: 'GET' })).status).toBe(200)
})

test('is listed in the schema', async () => {
  const [, text] = await ask('/schema.json')
  expect(JSON.parse(text)).toMatchObject({
    paths: { '/greet': { mounted: false }, '/hono': { mounted: true } },
  })
})

test.each([
  ['no path', 'ui', 'not a plain path'],
  ['a name in it', '/{id}', 'not a plain path'],
  ["the server's own", '/metrics', 'belongs to every service'],
  ["the page's own", '/static_content', 'belongs to every service'],
])('is refused at %s', (_what, path, message) => {
  expect(() => {
    class Wrong {
      @mount(path)
      app() {
        return () => new Response()
      }
    }
    return Wrong
  }).toThrow(
    expect.objectContaining({ code: 'SERVICE_INVALID', message: expect.stringContaining(message) }),
  )
})

test('is refused twice at one path', () => {
  expect(() => {
    @service()
    class Twice {
      @mount('/a')
      one() {
        return () => new Response()
      }

      @mount('/a')
      two() {
        return () => new Response()
      }
    }
    return Twice
  }).toThrow('both mounted at /a')
})

test('is refused when it is no app', async () => {
  @service()
  class Nothing {
    @api()
    ping(): string {
      return 'pong'
    }

    @mount('/a')
    app(): () => Response {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a service may lie to its own types
      return JSON.parse('{}') as () => Response
    }
  }
  await expect(appOf(Nothing)).rejects.toMatchObject({ code: 'SERVICE_INVALID' })
})
