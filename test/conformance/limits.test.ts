import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Served, serveTwin } from './served.ts'

const source = `
import { api, onShutdown, service } from 'bentojs'
import { z } from 'zod'

@service({
  workers: 2,
  traffic: { timeout: 3.5, maxConcurrency: 2 },
  metrics: { namespace: 'mysvc', duration: { min: 0.1, max: 1, factor: 2 } },
  http: {
    response: { traceId: true },
    cors: {
      enabled: true,
      accessControlAllowOrigins: 'https://good.example',
      accessControlAllowMethods: ['GET', 'POST'],
      accessControlAllowHeaders: ['X-Mine'],
      accessControlAllowCredentials: true,
      accessControlExposeHeaders: ['X-Seen'],
      accessControlMaxAge: 60,
    },
  },
})
export class Limits {
  @onShutdown
  bye() {
    console.log('The shutdown hook ran')
  }

  @api({ input: { s: z.number() }, output: z.number() })
  async slow({ s }: { s: number }) {
    await new Promise((resolve) => setTimeout(resolve, s * 1000))
    return process.pid
  }
}
`

let served: Served

beforeAll(async () => {
  served = await serveTwin(source)
}, 30_000)

afterAll(() => served.server.interrupt())

const json = { 'content-type': 'application/json', connection: 'close' }

function slow(seconds: number, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = JSON.stringify({ s: seconds })
  return fetch(`${served.url}/slow`, { method: 'POST', headers: { ...json, ...headers }, body })
}

// BentoML: { "error": "Too many requests" } without a hint when to come back; and it refuses under a limit that each
// worker has for itself, so that how many are let in depends on which worker they happened to reach.
test('case 32: what is too much is refused, and probes are not', async () => {
  const inside = [slow(0.5), slow(0.5)]
  await new Promise((resolve) => setTimeout(resolve, 150))
  const refused = await slow(0)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toEqual({
    error: 'Too many requests are under way',
    code: 'CONCURRENCY',
  })
  for (const path of ['/readyz', '/livez', '/healthz', '/metrics']) {
    expect([path, (await fetch(served.url + path)).status]).toEqual([path, 200])
  }
  expect((await Promise.all(inside)).map(({ status }) => status)).toEqual([200, 200])
})

const wish = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'x-mine',
}

test('case 48: a page of an allowed origin may call', async () => {
  const origin = 'https://good.example'
  const options = { method: 'OPTIONS', headers: { origin, ...wish } }
  const preflight = await fetch(`${served.url}/slow`, options)
  expect([preflight.status, await preflight.text()]).toEqual([200, 'OK'])
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers':
      'Accept, Accept-Language, Content-Language, Content-Type, X-Mine',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '60',
    vary: 'Origin',
  })
  const simple = await slow(0, { origin })
  expect(Object.fromEntries(simple.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'X-Seen',
  })
})

test('case 48: a page of another origin may not', async () => {
  const origin = 'https://bad.example'
  const options = { method: 'OPTIONS', headers: { origin, ...wish } }
  const preflight = await fetch(`${served.url}/slow`, options)
  // BentoML: the sentence as text; an error is always { error, code }.
  expect([preflight.status, await preflight.json()]).toEqual([
    400,
    { error: 'Disallowed CORS origin', code: 'ORIGIN_REFUSED' },
  ])
  const simple = await slow(0, { origin })
  expect(simple.status).toBe(200)
  expect(simple.headers.has('access-control-allow-origin')).toBe(false)
})

test('case 49: the trace that a caller begins goes on', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const { headers } = await slow(0, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
  expect(headers.get('x-bentoml-trace-id')).toBe(traceId)
  expect(headers.get('x-bentoml-request-id')).toMatch(/^[0-9a-f]{16}$/)
  expect(headers.has('traceparent')).toBe(false)
})

test('case 50: metrics are summed over the workers, by the names that were asked for', async () => {
  const pids = new Set<string>()
  while (pids.size < 2) {
    const answers = await Promise.all([slow(0.05), slow(0.05)])
    for (const answer of answers) pids.add(await answer.text())
  }
  const read = async (): Promise<string> => (await fetch(`${served.url}/metrics`)).text()
  const text = await read()
  const countOf = (metrics: string): number =>
    Number(
      /mysvc_request_total\{[^}]*endpoint="\/slow"[^}]*code="200"[^}]*\} (\d+)/.exec(metrics)?.[1],
    )
  const before = countOf(text)
  for (let call = 0; call < 6; call++) await slow(0)
  expect(countOf(await read()) - before).toBe(6)
  expect(text).toMatch(/mysvc_request_total\{[^}]*endpoint="\/slow"[^}]*code="500"[^}]*\} 0/)
  const bounds = [...text.matchAll(/duration_seconds_bucket\{[^}]*code="200"[^}]*le="([^"]+)"/g)]
  expect([...new Set(bounds.map(([, bound]) => bound))]).toEqual([
    '0.1',
    '0.2',
    '0.4',
    '0.8',
    '1',
    '+Inf',
  ])
})

test('case 55: who was not with the worker that died notices nothing', async () => {
  const victim = Number(await (await slow(0)).text())
  process.kill(victim, 'SIGKILL')
  await served.server.printed(/Worker \d died/)
  const statuses: number[] = []
  const endsAt = performance.now() + 2500
  const pids = new Set<number>()
  while (performance.now() < endsAt && pids.size < 2) {
    const answers = await Promise.all([slow(0.02), slow(0.02)])
    statuses.push(...answers.map(({ status }) => status))
    for (const answer of answers) pids.add(Number(await answer.text()))
  }
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(pids.size).toBe(2)
  expect(pids.has(victim)).toBe(false)
})

// The last: nobody answers after it.
test('case 54: what is in flight at the end is finished, and nothing new begins', async () => {
  const { server, url } = served
  const { port } = new URL(url)
  const inside = slow(0.8)
  await new Promise((resolve) => setTimeout(resolve, 200))
  server.signal('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 200))
  const late = connect(Number(port), '127.0.0.1')
  const failure: unknown[] = await once(late, 'error')
  expect(failure).toMatchObject([{ code: 'ECONNREFUSED' }])
  expect((await inside).status).toBe(200)
  expect(await server.exited).toBe(0)
  expect(server.output()).toContain('The shutdown hook ran')
})
