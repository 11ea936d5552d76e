import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { App } from '../../../src/serve/app.ts'
import { Router } from '../../../src/serve/http/router.ts'
import { quietly } from '../../client/listen.ts'
import { appOf, call } from '../app-of.ts'
import { Mounts } from '../mounts/mount-service.ts'

const open = new Set(['/livez', '/healthz', '/readyz'])
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'BREW']

let app: App
let paths: string[]

// The table itself is asked, so that no route that comes later can be forgotten here.
beforeAll(async () => {
  const add = jest.spyOn(Router.prototype, 'add')
  const mount = jest.spyOn(Router.prototype, 'mount')
  app = await appOf(Mounts, { ...quietly, env: { BENTO_API_KEYS: 'sesame' } })
  const mounted = mount.mock.calls.flatMap(([{ path }]) => [path, `${path}/inside`])
  paths = [...add.mock.calls.map(([path]) => path), ...mounted, '/nowhere', '/greet/']
})

afterAll(() => app.close())

async function crawl(headers: Readonly<Record<string, string>>): Promise<Map<string, Set<number>>> {
  const statuses = new Map<string, Set<number>>()
  for (const path of paths) {
    const found = new Set<number>()
    for (const method of methods) found.add((await call(app, path, { method, headers })).status)
    statuses.set(path, found)
  }
  return statuses
}

test('sees the whole table', () => {
  const some = [
    '/greet',
    '/metrics',
    '/schema.json',
    '/docs.json',
    '/docs',
    '/',
    '/hono',
    '/readyz',
  ]
  expect(paths).toEqual(expect.arrayContaining(some))
})

test.each([
  ['no key', {}],
  ['a wrong key', { authorization: 'Bearer open' }],
  ['an empty key', { authorization: 'Bearer ' }],
])('denies every route but the probes to who has %s', async (_what, headers) => {
  for (const [path, found] of await crawl(headers)) {
    const isDenied = found.has(401) && found.size === 1
    expect([path, isDenied]).toEqual([path, !open.has(path)])
  }
})

test('denies nothing to who has the key', async () => {
  for (const [path, found] of await crawl({ 'x-api-key': 'sesame' })) {
    expect([path, found.has(401)]).toEqual([path, false])
  }
})
