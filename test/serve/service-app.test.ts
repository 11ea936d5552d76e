import { afterAll, expect, test } from '@jest/globals'
import type { App } from '../../src/serve/app.ts'
import { answerOf, appOf, call } from './app-of.ts'
import { batches, events, Twin } from './twin.ts'

const apps: App[] = []

async function twin(env: Readonly<Record<string, string>> = {}): Promise<App> {
  const app = await appOf(Twin, { env })
  apps.push(app)
  return app
}

afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()))
})

test('runs the hooks of the service around its life', async () => {
  const app = await appOf(Twin)
  expect(events.at(-1)).toBe('started')
  await app.close()
  expect(events.at(-1)).toBe('stopped')
})

test('answers a method with named parameters and their defaults', async () => {
  const app = await twin()
  expect(await answerOf(call(app, '/add', { body: '{"a":1,"b":5}' }))).toEqual([200, 6])
  expect(await answerOf(call(app, '/add', { body: '{"a":1,"extra":0}' }))).toEqual([200, 3])
})

test('answers a root input on a route of its own', async () => {
  const app = await twin()
  expect(await answerOf(call(app, '/v1/reversed', { body: '[1,2,3]' }))).toEqual([200, [3, 2, 1]])
})

test('names every field that breaks the schema', async () => {
  const app = await twin()
  expect(await answerOf(call(app, '/add', { body: '{"b":"x"}' }))).toMatchInlineSnapshot(`
[
  400,
  {
    "code": "INPUT_INVALID",
    "detail": [
      {
        "loc": [
          "a",
        ],
        "msg": "Field required",
        "type": "missing",
      },
      {
        "loc": [
          "b",
        ],
        "msg": "Invalid input: expected number, received string",
        "type": "float_parsing",
      },
    ],
    "error": "2 validation errors for Input",
  },
]
`)
})

test.each([
  ['a body that is not JSON', '/add', { body: '{bad' }, 400, 'BODY_INVALID'],
  ['a body that is no object', '/add', { body: '[1]' }, 400, 'INPUT_INVALID'],
  [
    'another content type',
    '/add',
    { body: 'a=1', headers: { 'content-type': 'application/vnd.bentoml+pickle' } },
    415,
    'MEDIA_TYPE_UNSUPPORTED',
  ],
  ['an unknown route', '/nope', {}, 404, 'ROUTE_NOT_FOUND'],
  ['the wrong method', '/add', { method: 'GET' }, 405, 'METHOD_NOT_ALLOWED'],
  ['a method on a probe', '/livez', {}, 405, 'METHOD_NOT_ALLOWED'],
  ['an output that breaks its schema', '/wrong', {}, 500, 'OUTPUT_INVALID'],
  ['a batch with a row too few', '/short', { body: '{"rows":[1,2]}' }, 500, 'OUTPUT_INVALID'],
  ['an error of the service', '/fail', { body: '{"kind":"bug"}' }, 500, 'INTERNAL'],
  ['an error with a status', '/fail', { body: '{"kind":"teapot"}' }, 418, 'TEAPOT'],
  ['a request that takes too long', '/slow', { body: '{"ms":2000}' }, 504, 'TIMEOUT'],
])('refuses %s', async (...[, path, given, status, code]) => {
  const [got, body] = await answerOf(call(await twin(), path, given))
  expect([got, body]).toEqual([
    status,
    expect.objectContaining({ code, error: expect.any(String) }),
  ])
})

test('answers by the time that the client has, where that is earlier', async () => {
  const app = await twin({ BENTO_CONFIG_OVERRIDES: '{"traffic":{"timeout":5}}' })
  const ask = (seconds: string): Promise<[number, unknown]> =>
    answerOf(call(app, '/slow', { headers: { 'x-request-timeout': seconds }, body: '{"ms":100}' }))
  expect(await ask('0.02')).toEqual([
    504,
    { code: 'TIMEOUT', error: 'Not able to process the request in 0.02 seconds' },
  ])
  expect(await ask('9')).toEqual([200, 'done'])
  expect(await ask('soon')).toMatchObject([400, { code: 'HEADER_INVALID' }])
})

test('says which methods a path takes', async () => {
  const app = await twin()
  expect((await call(app, '/add', { method: 'DELETE' })).headers['allow']).toBe('POST')
  expect((await call(app, '/', { method: 'DELETE' })).headers['allow']).toBe('GET, HEAD, POST')
})

test('hides what went wrong inside, and shows what the service chose to say', async () => {
  const app = await twin()
  expect(await answerOf(call(app, '/fail', { body: '{"kind":"bug"}' }))).toEqual([
    500,
    { error: 'The service failed; its log says more', code: 'INTERNAL' },
  ])
  expect(await answerOf(call(app, '/fail', { body: '{"kind":"missing"}' }))).toEqual([
    404,
    { error: 'No such flower', code: 'NOT_FOUND' },
  ])
  const later = await call(app, '/fail', { body: '{"kind":"later"}' })
  expect(later.headers['retry-after']).toBe('7')
})

test('batches what arrives together, and gives each caller its own rows and headers', async () => {
  const app = await twin({ BENTO_CONFIG_OVERRIDES: '{"traffic":{"maxConcurrency":10}}' })
  batches.length = 0
  const bodies = [[1], [2, 3], [], [4, 5, 6, 7, 8, 9]]
  const responses = await Promise.all(
    bodies.map((rows, index) =>
      call(app, '/double', {
        headers: { 'x-mine': `caller ${index}` },
        body: JSON.stringify({ rows }),
      }),
    ),
  )
  const answers = await Promise.all(responses.map(answerOf))
  expect(answers).toEqual(bodies.map((rows) => [200, rows.map((row) => row * 2)]))
  expect(responses.map((response) => response.headers['x-mine'])).toEqual(
    bodies.map((_, index) => `caller ${index}`),
  )
  expect(batches.length).toBeLessThan(bodies.length + 1)
  expect(Math.max(...batches.map((rows) => rows.length))).toBeLessThanOrEqual(4)
})

test('gives a method its request, and takes status and headers from it', async () => {
  const response = await call(await twin(), '/context?q=1', {
    headers: { 'content-type': 'application/json', 'x-in': 'yes' },
    body: '{"id":"7"}',
  })
  expect(response.status).toBe(202)
  expect(response.headers['x-id']).toBe('7')
  expect(await answerOf(response)).toEqual([202, 'POST /context?q=1 yes'])
})

test('refuses more requests at once than it may have', async () => {
  const app = await twin()
  const running = Array.from({ length: 3 }, () => call(app, '/slow', { body: '{"ms":50}' }))
  const refused = await call(app, '/slow', { body: '{"ms":50}' })
  expect(refused.status).toBe(429)
  expect(refused.headers['retry-after']).toBe('1')
  expect(await answerOf(refused)).toMatchObject([429, { code: 'CONCURRENCY' }])
  expect((await call(app, '/readyz', { method: 'GET' })).status).toBe(200)
  await Promise.all(running)
  expect((await call(app, '/slow', { body: '{"ms":1}' })).status).toBe(200)
})

test('changes options of service and methods at run time', async () => {
  const app = await twin({
    BENTO_CONFIG_OVERRIDES: JSON.stringify({
      name: 'Sums',
      traffic: { timeout: 5 },
      apis: { double: { maxBatchSize: 1 }, add: { route: '/sum' } },
    }),
  })
  batches.length = 0
  await call(app, '/double', { body: '{"rows":[1,2,3]}' })
  expect(batches).toEqual([[1], [2], [3]])
  expect(await answerOf(call(app, '/sum', { body: '{"a":1}' }))).toEqual([200, 3])
  expect(await answerOf(call(app, '/slow', { body: '{"ms":300}' }))).toEqual([200, 'done'])
  const [, schema] = await answerOf(call(app, '/schema.json', { method: 'GET' }))
  expect(JSON.stringify(schema)).toMatch(/^{"name":"Sums",.*"\/sum"/)
})

test('refuses to make a method batchable that cannot be', async () => {
  const env = { BENTO_CONFIG_OVERRIDES: '{"apis":{"add":{"batchable":true}}}' }
  await expect(appOf(Twin, { env })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('refuses to start without a variable that the bento needs', async () => {
  const manifest = { envs: [{ name: 'TOKEN_FOR_TEST', value: '', stage: 'runtime' as const }] }
  await expect(appOf(Twin, { manifest })).rejects.toMatchObject({
    code: 'ENV_MISSING',
    message: 'The environment lacks "TOKEN_FOR_TEST"',
    hint: 'Set TOKEN_FOR_TEST=… and start again.',
  })
})

test('answers probes, schemas and the page on GET, and HEAD without a body', async () => {
  const app = await twin()
  for (const path of ['/livez', '/healthz', '/readyz']) {
    expect(await answerOf(call(app, path, { method: 'GET' }))).toEqual([200, '\n'])
  }
  const head = await call(app, '/docs.json', { method: 'HEAD' })
  expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) })
  const [, openapi] = await answerOf(call(app, '/docs.json', { method: 'GET' }))
  expect(openapi).toMatchObject({ openapi: '3.1.0', info: { version: 'v1' } })
  const [, page] = await answerOf(call(app, '/docs', { method: 'GET' }))
  expect(page).toContain('swagger-ui')
  expect(await answerOf(call(app, '/'))).toEqual([200, 'root'])
})

test('serves a page that asks nothing of other hosts', async () => {
  const app = await twin()
  const [, page] = await answerOf(call(app, '/docs', { method: 'GET' }))
  const files = [...String(page).matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map((match) => match[1])
  expect(files).toHaveLength(4)
  for (const file of files) {
    const [status, text] = await answerOf(call(app, file ?? '', { method: 'GET' }))
    expect([file, status]).toEqual([file, 200])
    expect(String(text).length).toBeGreaterThan(20)
  }
  expect(page).not.toMatch(/https?:\/\//)
})

test('counts every answer once, by route and status', async () => {
  const app = await twin()
  await call(app, '/add', { body: '{"a":1}' })
  await call(app, '/add', { body: '{"a":1}' })
  await call(app, '/add', { body: '{bad' })
  for (let path = 0; path < 20; path++) await call(app, `/unknown/${path}`)
  await call(app, '/double', { body: '{"rows":[1,2,3]}' })
  const [, text] = await answerOf(call(app, '/metrics', { method: 'GET' }))
  const lines = String(text).split('\n')
  const valueOf = (name: string, ...labels: string[]): number[] =>
    lines
      .filter((line) => line.startsWith(`${name}{`))
      .filter((line) => labels.every((label) => line.includes(label)))
      .map((line) => Number(line.split(' ').at(-1)))
  const total = 'bentoml_request_total'
  expect(valueOf(total, 'endpoint="/add"', 'code="200"')).toEqual([2])
  expect(valueOf(total, 'endpoint="/add"', 'code="400"')).toEqual([1])
  expect(valueOf(total, 'endpoint="(none)"', 'code="404"')).toEqual([20])
  expect(valueOf('bentoml_request_in_progress', 'endpoint="/add"')).toEqual([0])
  expect(valueOf('bentoml_runner_adaptive_batch_size_sum', 'method_name="double"')).toEqual([3])
  expect(valueOf(total, '/unknown')).toEqual([])
  expect(valueOf(total, 'endpoint="/metrics"')).toEqual([])
})

test('has no metrics where they are switched off', async () => {
  const app = await twin({ BENTO_CONFIG_OVERRIDES: '{"metrics":{"enabled":false}}' })
  expect((await call(app, '/metrics', { method: 'GET' })).status).toBe(404)
})
