import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { App, AppResponse } from '../../../src/serve/app.ts'
import { answerOf, appOf, call } from '../app-of.ts'
import { ended, steps, Streams } from './stream-service.ts'

let app: App
const lines: string[] = []

beforeAll(async () => {
  app = await appOf(Streams, {
    logStream: { write: (line) => void lines.push(line), flushSync: () => undefined },
  })
})

afterAll(() => app.close())

/** The parts of a body, each as text. */
async function partsOf({ body }: AppResponse): Promise<string[]> {
  if (Buffer.isBuffer(body)) throw new Error(`A stream was expected, not ${String(body)}`)
  const parts: string[] = []
  for await (const part of body) parts.push(Buffer.from(part).toString())
  return parts
}

function iteratorOf({ body }: AppResponse): AsyncIterator<Uint8Array> {
  if (Buffer.isBuffer(body)) throw new Error('A stream was expected')
  return body[Symbol.asyncIterator]()
}

async function ask(path: string, input: object = {}, headers = {}): Promise<AppResponse> {
  return call(app, path, {
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

test('sends each item of a generator as a part of its own', async () => {
  const response = await ask('/words')
  expect(response).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
  })
  expect(await partsOf(response)).toEqual(['chunk1\n', 'chunk2\n', 'chunk3\n'])
})

test('writes items that are no text as JSON, also those of a synchronous generator', async () => {
  expect(await partsOf(await ask('/objects'))).toEqual(['{"i":0}', '{"i":1}'])
})

test('streams what an ordinary method returns, with a content type of its own', async () => {
  const response = await ask('/plain')
  expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(await partsOf(response)).toEqual(['chunk1\n', 'chunk2\n'])
})

test('has nothing to send of a generator without items', async () => {
  expect(await partsOf(await ask('/words', { n: 0 }))).toEqual([])
})

test('frames items as events with ids, and says when it is over', async () => {
  expect(await partsOf(await ask('/events', { upTo: 2 }))).toEqual([
    'id: 1\ndata: line 1\ndata: of two\n\n',
    'id: 2\ndata: line 2\ndata: of two\n\n',
    'event: end\ndata:\n\n',
  ])
})

test('goes on after the last event that a client has', async () => {
  const parts = await partsOf(await ask('/events', {}, { 'last-event-id': '2' }))
  expect(parts[0]).toBe('id: 3\ndata: line 3\ndata: of two\n\n')
  expect(parts).toHaveLength(2)
})

test('refuses an id that is none of its own', async () => {
  const answer = await answerOf(ask('/events', {}, { 'last-event-id': 'abc' }))
  expect(answer).toMatchObject([400, { code: 'HEADER_INVALID' }])
})

test('refuses a bad input before anything is sent', async () => {
  expect(await answerOf(ask('/words', { n: 'x' }))).toMatchObject([400, { code: 'INPUT_INVALID' }])
})

test.each([
  ['/failing', { at: 0, kind: 'missing' }, 404, 'NOT_FOUND'],
  ['/failing', { at: 0 }, 500, 'INTERNAL'],
  ['/failing', { at: 0, kind: 'item' }, 500, 'OUTPUT_INVALID'],
  ['/cut', { at: 0 }, 404, 'NOT_FOUND'],
])(
  'answers an error before the first item of %s %p as any other',
  async (...[path, input, status, code]) => {
    expect(await answerOf(ask(path, input))).toMatchObject([status, { code }])
  },
)

test.each([
  [
    { at: 1, kind: 'missing' },
    { error: 'No such flower', code: 'NOT_FOUND' },
  ],
  [{ at: 1 }, { error: 'The service failed; its log says more', code: 'INTERNAL' }],
  [
    { at: 1, kind: 'item' },
    { error: 'The service failed; its log says more', code: 'OUTPUT_INVALID' },
  ],
])('ends events with what went wrong after the first: %p', async (input, error) => {
  expect(await partsOf(await ask('/failing', input))).toEqual([
    'id: 1\ndata: 0\n\n',
    `event: error\ndata: ${JSON.stringify(error)}\n\n`,
  ])
})

test('fails the body of chunks when the generator fails after the first', async () => {
  ended.length = 0
  const iterator = iteratorOf(await ask('/cut', { at: 1 }))
  await expect(iterator.next()).resolves.toMatchObject({ done: false })
  await expect(iterator.next()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(ended.splice(0)).toEqual(['cut'])
})

test('ends the generator of a client that has left, and then its background work', async () => {
  const iterator = iteratorOf(await ask('/steps'))
  await iterator.next()
  await iterator.return?.()
  expect(ended).toEqual(['steps'])
  while (ended.length < 2) await new Promise((resolve) => setImmediate(resolve))
  expect(ended.splice(0)).toEqual(['steps', 'background of true'])
})

test('bounds the time to the first item, and ends what comes later', async () => {
  expect(await answerOf(ask('/late'))).toMatchObject([504, { code: 'TIMEOUT' }])
  while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(ended.splice(0)).toEqual(['late'])
})

test('does not bound the time after the first item', async () => {
  const iterator = iteratorOf(await ask('/steps'))
  await iterator.next()
  const next = iterator.next()
  await new Promise((resolve) => setTimeout(resolve, 300))
  steps.go()
  await expect(next).resolves.toMatchObject({ done: false })
  await iterator.return?.()
})

test('counts a stream as under way until it is over', async () => {
  const open = await Promise.all([ask('/steps'), ask('/steps')])
  expect(await answerOf(ask('/words'))).toMatchObject([429, { code: 'CONCURRENCY' }])
  for (const response of open) await iteratorOf(response).return?.()
  expect(await partsOf(await ask('/words', { n: 1 }))).toEqual(['chunk1\n'])
})

test('lets a generator choose status, headers and cookies before its first item', async () => {
  const response = await ask('/drafted')
  expect(response).toMatchObject({
    status: 201,
    headers: { 'x-mine': 'yes' },
    cookies: ['k=v; Path=/; SameSite=lax'],
  })
  expect(await partsOf(response)).toEqual(['one'])
})

test('counts and logs a stream at its end, by how it ended', async () => {
  lines.length = 0
  await partsOf(await ask('/words'))
  await partsOf(await ask('/failing', { at: 1, kind: 'missing' }))
  await iteratorOf(await ask('/words')).return?.()
  const logged = lines.filter((line) => line.includes('"msg":"access"'))
  expect(logged.map((line) => /"status":(\d+)/.exec(line)?.[1])).toEqual(['200', '404', '499'])
  const [, text] = await answerOf(call(app, '/metrics', { method: 'GET' }))
  expect(text).toMatch(/request_total\{[^}]*endpoint="\/words"[^}]*code="499"[^}]*\} 1/)
  expect(text).toMatch(/request_in_progress\{[^}]*endpoint="\/words"[^}]*\} 0/)
})

test('says in the schema that it is a stream, and of what', async () => {
  const [, schema] = await answerOf(call(app, '/schema.json', { method: 'GET' }))
  const routes = new Map(
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because /schema.json has this shape
    (schema as { routes: { name: string; output: object }[] }).routes.map((one) => [one.name, one]),
  )
  expect(routes.get('words')?.output).toEqual({
    type: 'string',
    is_stream: true,
    media_type: 'text/event-stream',
    framing: 'chunks',
  })
  expect(routes.get('events')?.output).toMatchObject({ is_stream: true, framing: 'sse' })
  expect(routes.get('plain')?.output).toMatchObject({ media_type: 'text/plain' })
})
