import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { App, AppResponse } from '../../src/serve/app.ts'
import { answerOf, appOf, call } from './app-of.ts'
import { Contexts, done, folders } from './context-service.ts'

let app: App
const lines: string[] = []
const logStream = { write: (line: string) => void lines.push(line), flushSync: () => undefined }

beforeAll(async () => {
  app = await appOf(Contexts, { logStream })
})

afterAll(() => app.close())

function ask(path: string, input: object = {}, headers = {}): Promise<AppResponse> {
  return call(app, path, { body: JSON.stringify(input), headers })
}

test('gives a parameter what the path has, before what the body says', async () => {
  expect(await answerOf(ask('/items/7?a=1&a=2', { id: 9, extra: 'x' }))).toEqual([
    200,
    {
      id: 7,
      extra: 'x',
      params: { id: '7' },
      query: [
        ['a', '1'],
        ['a', '2'],
      ],
    },
  ])
})

test('finds the plain path before one with names', async () => {
  expect(await answerOf(ask('/items/first'))).toEqual([200, 'first'])
})

test('decodes what stands in a path, once', async () => {
  expect(await answerOf(ask('/a%2Fb/%25%34/notes'))).toEqual([200, 'a/b %4'])
})

test.each(['/items/', '/items/7/8', '/items/%', '/items/%ff', '//1/notes'])(
  'has no route at %s',
  async (path) => {
    expect(await answerOf(ask(path))).toMatchObject([404, { code: 'ROUTE_NOT_FOUND' }])
  },
)

test.each([
  '/items/x',
  '/items/1.5',
  '/items/9999999999999999999',
  '/items/%00',
  '/items/__proto__',
])('holds what stands at %s against the schema', async (path) => {
  const [status, body] = await answerOf(ask(path))
  expect([status, body]).toMatchObject([400, { code: 'INPUT_INVALID', detail: [{ loc: ['id'] }] }])
})

test('counts paths with names under their route', async () => {
  const [, text] = await answerOf(call(app, '/metrics', { method: 'GET' }))
  expect(text).toContain('endpoint="/items/{id}"')
  expect(text).not.toContain('/items/7')
})

test('describes a path with names, and takes its parameters out of the body', async () => {
  const [, openapi] = await answerOf(call(app, '/docs.json', { method: 'GET' }))
  expect(openapi).toMatchObject({
    paths: {
      '/items/{id}': {
        post: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
          requestBody: { required: false },
        },
      },
    },
  })
  expect(openapi).toHaveProperty(['components', 'schemas', 'item__Input', 'properties', 'extra'])
  expect(openapi).not.toHaveProperty(['components', 'schemas', 'item__Input', 'properties', 'id'])
})

test('reads cookies and sets several', async () => {
  const response = await ask('/cookies', {}, { cookie: 'a=1; b=2' })
  expect(await answerOf(response)).toEqual([200, { a: '1', b: '2' }])
  expect(response.cookies).toEqual([
    'one=1; Path=/; SameSite=lax',
    'two=2; HttpOnly; Path=/; SameSite=lax',
  ])
})

test.each([
  ['whole', 200],
  ['failed', 500],
  ['late', 504],
])('removes the folder of a request that was answered %s', async (end, status) => {
  const response = await ask('/folder', { end })
  expect(response.status).toBe(status)
  const folder = folders.pop() ?? ''
  expect(folder).toContain('bento-request-')
  while (existsSync(folder)) await new Promise((resolve) => setTimeout(resolve, 10))
})

test('works on after the answer, logs what fails then, and is waited for at the end', async () => {
  const own = await appOf(Contexts, { logStream })
  const response = await call(own, '/background')
  expect(await answerOf(response)).toEqual([200, 'answered before 0'])
  await own.close()
  expect(done).toEqual(['later', 'slow'])
  expect(lines.join('')).toMatch(/the database is down.*Work in the background failed/)
})

test('gives each request of a batch its own context', async () => {
  const responses = await Promise.all(
    ['ann', 'bob'].map((who) => ask(`/batch?who=${who}`, { rows: [1] })),
  )
  expect(responses.map(({ status, cookies }) => [status, cookies])).toEqual([
    [201, ['who=ann; Path=/; SameSite=lax']],
    [201, ['who=bob; Path=/; SameSite=lax']],
  ])
})

test.each(['status', 'break', 'nul', 'name', 'length', 'chunked', 'cookie'])(
  'refuses an answer whose %s would harm it',
  async (what) => {
    const response = await ask('/draft', { what })
    expect(await answerOf(response)).toMatchObject([500, { code: 'OUTPUT_INVALID' }])
    expect(response.headers).not.toHaveProperty('x-a')
  },
)

test('takes the content type that a method sets, however it is written', async () => {
  const { headers } = await ask('/draft', { what: 'type' })
  expect(headers).toMatchObject({ 'content-type': 'text/x-mine' })
  expect(headers).not.toHaveProperty('Content-Type')
})
