import { expect, test } from '@jest/globals'
import type { App, AppResponse } from '../../../src/serve/app.ts'
import { answerOf, appOf, call } from '../app-of.ts'
import { Twin } from '../twin.ts'

const page = 'https://page.example'

function appWith(cors: object, more: object = {}): Promise<App> {
  const options = { http: { cors: { enabled: true, ...cors } }, ...more }
  return appOf(Twin, { env: { BENTO_CONFIG_OVERRIDES: JSON.stringify({ services: options }) } })
}

const one = {
  access_control_allow_origins: [page],
  access_control_allow_methods: ['GET', 'POST'],
  access_control_allow_headers: ['X-Mine'],
  access_control_allow_credentials: true,
  access_control_max_age: 1200,
  access_control_expose_headers: ['X-Seen'],
}

interface Asked {
  readonly origin?: string
  readonly method?: string
  readonly headers?: string
}

function preflight(
  app: App,
  { origin = page, method = 'POST', headers = '' }: Asked,
): Promise<AppResponse> {
  return call(app, '/add', {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers === '' ? {} : { 'access-control-request-headers': headers }),
    },
  })
}

test('permits what is configured', async () => {
  const app = await appWith(one)
  const response = await preflight(app, { headers: 'x-mine, content-type' })
  expect(await answerOf(response)).toEqual([200, 'OK'])
  expect(response.headers).toMatchObject({
    'access-control-allow-origin': page,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers':
      'Accept, Accept-Language, Content-Language, Content-Type, X-Mine',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '1200',
    vary: 'Origin',
  })
  await app.close()
})

test.each([
  [{ origin: 'https://other.example' }, 'Disallowed CORS origin'],
  [{ origin: `${page}.evil.example` }, 'Disallowed CORS origin'],
  [{ origin: 'null' }, 'Disallowed CORS origin'],
  [{ method: 'DELETE' }, 'Disallowed CORS method'],
  [{ headers: 'x-other' }, 'Disallowed CORS headers'],
  [{ origin: 'https://other.example', method: 'PUT' }, 'Disallowed CORS origin, method'],
])('refuses %j', async (asked, error) => {
  const app = await appWith(one)
  expect(await answerOf(preflight(app, asked))).toEqual([400, { error, code: 'ORIGIN_REFUSED' }])
  await app.close()
})

test('lets a page of an allowed origin read answers, errors too, and no other page', async () => {
  const app = await appWith(one)
  const from = (origin: string, body: string): Promise<AppResponse> =>
    call(app, '/add', { headers: { 'content-type': 'application/json', origin }, body })
  for (const [body, status] of [
    ['{"a":1}', 200],
    ['{"a":"x"}', 400],
  ] as const) {
    const allowed = await from(page, body)
    expect(allowed.status).toBe(status)
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-expose-headers': 'X-Seen',
      vary: 'Origin',
    })
  }
  const other = await from('https://other.example', '{"a":1}')
  expect(other.status).toBe(200)
  expect(other.headers['access-control-allow-origin']).toBeUndefined()
  expect(other.headers['vary']).toBe('Origin')
  await app.close()
})

test('takes any origin, and patterns of whole origins', async () => {
  const open = await appWith({
    access_control_allow_origins: '*',
    access_control_allow_methods: '*',
  })
  const { headers } = await preflight(open, { origin: 'https://any.example', method: 'DELETE' })
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers['vary']).toBeUndefined()
  await open.close()
  const pattern = await appWith({
    access_control_allow_origin_regex: String.raw`https://.*\.example`,
    access_control_allow_methods: ['POST'],
  })
  expect(await preflight(pattern, { origin: 'https://a.example' })).toMatchObject({ status: 200 })
  expect(await preflight(pattern, { origin: 'https://a.example.evil' })).toMatchObject({
    status: 400,
  })
  await pattern.close()
})

test('answers a preflight without a key: a browser sends none', async () => {
  const app = await appWith(one, { auth: { keys: ['key'] } })
  expect(await preflight(app, {})).toMatchObject({ status: 200 })
  const response = await call(app, '/add', { headers: { origin: page }, body: '{"a":1}' })
  expect(response).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': page } })
  await app.close()
})

test('says nothing of origins when it is off, and needs to know whom to let in when it is on', async () => {
  const app = await appOf(Twin)
  expect(await preflight(app, {})).toMatchObject({ status: 405 })
  await app.close()
  await expect(appWith({})).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('accessControlAllowOrigins'),
  })
})
