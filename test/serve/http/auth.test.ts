import { expect, test } from '@jest/globals'
import type { App } from '../../../src/serve/app.ts'
import { answerOf, appOf, call } from '../app-of.ts'
import { Twin } from '../twin.ts'

const headers = { 'content-type': 'application/json' }
const env = { BENTO_API_KEYS: 'first-key, second-key' }
const input = { body: '{"a":1}' }

async function secured(): Promise<App> {
  return appOf(Twin, { env })
}

test('lets in who has a key, as a bearer token or an API key', async () => {
  const app = await secured()
  for (const key of ['first-key', 'second-key']) {
    const bearer = { ...headers, authorization: `Bearer ${key}` }
    expect(await answerOf(call(app, '/add', { ...input, headers: bearer }))).toEqual([200, 3])
    const apiKey = { ...headers, 'x-api-key': key }
    expect(await answerOf(call(app, '/add', { ...input, headers: apiKey }))).toEqual([200, 3])
  }
  await app.close()
})

test.each([
  ['no key', {}, 'A key is needed here'],
  ['another key', { authorization: 'Bearer third-key' }, 'The key is not known here'],
  ['a part of a key', { 'x-api-key': 'first' }, 'The key is not known here'],
  ['another scheme', { authorization: 'Basic first-key' }, 'A key is needed here'],
  ['both keys as one', { 'x-api-key': 'first-key, second-key' }, 'The key is not known here'],
])('keeps out who has %s', async (_name, given, error) => {
  const app = await secured()
  const response = await call(app, '/add', { ...input, headers: { ...headers, ...given } })
  expect(response.headers['www-authenticate']).toBe('Bearer')
  expect(await answerOf(response)).toEqual([401, { error, code: 'UNAUTHORIZED' }])
  await app.close()
})

test('asks for a key on every route but the probes, by every method', async () => {
  const app = await secured()
  const routes = ['/add', '/v1/reversed', '/double', '/slow', '/fail', '/context', '/']
  const pages = ['/schema.json', '/docs.json', '/metrics', '/static_content/swagger-ui.css']
  const oddities = ['/nowhere', '/livez/', '//livez', '/LIVEZ', '/add?x=/livez', '/livez/../add']
  for (const path of [...routes, ...pages, ...oddities]) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status } = await call(app, path, { method })
      expect({ path, method, status }).toEqual({ path, method, status: 401 })
    }
  }
  for (const path of ['/livez', '/healthz', '/readyz', '/readyz?verbose']) {
    expect(await call(app, path, { method: 'GET' })).toMatchObject({ status: 200 })
  }
  await app.close()
})

test('asks nobody when there are no keys', async () => {
  const app = await appOf(Twin)
  expect(await answerOf(call(app, '/add', input))).toEqual([200, 3])
  await app.close()
})

test('refuses keys that no header could bring', async () => {
  await expect(appOf(Twin, { env: { BENTO_API_KEYS: 'one key' } })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('BENTO_API_KEYS'),
  })
})
