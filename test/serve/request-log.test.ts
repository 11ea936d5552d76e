import { expect, test } from '@jest/globals'
import type { App } from '../../src/serve/app.ts'
import { type MemoryStream, memoryStream } from '../log/memory-stream.ts'
import { answerOf, appOf, call } from './app-of.ts'
import { Talkative } from './log-service.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const sent = {
  'content-type': 'application/json',
  'x-request-id': 'order-7',
  traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
}

async function open(
  options: object = {},
  env: Readonly<Record<string, string>> = {},
): Promise<{ app: App; stream: MemoryStream }> {
  const stream = memoryStream()
  const overrides = { BENTO_CONFIG_OVERRIDES: JSON.stringify(options), ...env }
  const app = await appOf(Talkative, { env: overrides, logStream: stream })
  return { app, stream }
}

test('lines of the context, of the module and of the access log have the ids', async () => {
  const { app, stream } = await open()
  const response = await call(app, '/greet', { body: '{"name":"Ann"}', headers: sent })
  expect(await answerOf(response)).toEqual([200, 'order-7'])
  await app.close()
  const records = stream.records()
  const ids = { request_id: 'order-7', trace_id: traceId, trace_flags: '01', service: 'Talkative' }
  expect(records).toMatchObject([
    { ...ids, level: 30, name: 'Ann', msg: 'of the context' },
    { ...ids, level: 20, part: 'module', msg: 'of the module' },
    { ...ids, level: 30, path: '/greet', status: 200, msg: 'access' },
  ])
  expect(new Set(records.map((record) => record['span_id'])).size).toBe(1)
})

test('requests at the same time keep their own ids', async () => {
  const { app, stream } = await open()
  const names = ['a', 'b', 'c', 'd']
  await Promise.all(
    names.map((name) =>
      call(app, '/greet', {
        body: JSON.stringify({ name }),
        headers: { ...sent, 'x-request-id': name },
      }),
    ),
  )
  await app.close()
  const own = stream.records().filter(({ msg }) => msg === 'of the module')
  expect(own.map((record) => record['request_id'])).toEqual(names)
})

test('lines of a batch have the ids of its requests', async () => {
  const { app, stream } = await open()
  const ask = (id: string) =>
    call(app, '/double', { body: '[1]', headers: { ...sent, 'x-request-id': id } })
  await ask('alone')
  await Promise.all(['a', 'b', 'c'].map(ask))
  await app.close()
  const lines = stream.records().filter(({ msg }) => msg !== 'access')
  expect(lines.slice(0, 2)).toMatchObject([
    { request_id: 'alone', msg: 'of the batch' },
    { request_id: 'alone', msg: 'of the module' },
  ])
  const shared = lines.filter((line) => line['request_ids'] !== undefined)
  expect(shared.length).toBeGreaterThan(0)
  expect(shared[0]?.['request_ids']).toEqual(expect.arrayContaining(['b', 'c']))
})

test('what a service throws is logged with its stack and the ids', async () => {
  const { app, stream } = await open()
  const { status } = await call(app, '/fail', { headers: sent })
  await app.close()
  expect(status).toBe(500)
  expect(stream.records()[0]).toMatchObject({
    level: 50,
    request_id: 'order-7',
    path: '/fail',
    err: { type: 'Error', message: 'the disk is gone' },
    msg: 'Request failed',
  })
})

test('the module leaves its lines without ids where logging.correlate is off', async () => {
  const { app, stream } = await open({ logging: { correlate: false } })
  await call(app, '/greet', { body: '{"name":"Ann"}', headers: sent })
  await app.close()
  const [first, second] = stream.records()
  expect(first).toMatchObject({ request_id: 'order-7', msg: 'of the context' })
  expect(second).toMatchObject({ msg: 'of the module' })
  expect(second).not.toHaveProperty('request_id')
})

test('BENTO_LOG_LEVEL comes before logging.level', async () => {
  const options = { logging: { level: 'debug', access: { enabled: false } } }
  const { app, stream } = await open(options, { BENTO_LOG_LEVEL: 'INFO' })
  await call(app, '/greet', { body: '{"name":"Ann"}', headers: sent })
  await app.close()
  expect(stream.records()).toMatchObject([{ msg: 'of the context' }])
})

test('a level that is none is refused with a guess', async () => {
  await expect(open({}, { BENTO_LOG_LEVEL: 'inof' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/BENTO_LOG_LEVEL.*did you mean "info"\?/s),
  })
})

test('text is written where logging.format asks for it', async () => {
  const { app, stream } = await open({ logging: { format: 'text' } })
  await call(app, '/greet', { body: '{"name":"Ann"}', headers: sent })
  await app.close()
  expect(stream.lines[0]).toContain('[INFO] [Talkative:0] of the context name=Ann (trace=4bf92f')
  expect(stream.lines[2]).toContain('[INFO] [Talkative:0] _ (scheme=http,method=POST,path=/greet')
})

test('answers of methods have the request id, failures too; the rest has not', async () => {
  const { app } = await open()
  const ids = await Promise.all([
    call(app, '/greet', { body: '{"name":"Ann"}' }),
    call(app, '/greet', { body: '{' }),
    call(app, '/fail', { headers: sent }),
    call(app, '/livez', { method: 'GET' }),
    call(app, '/nowhere'),
  ])
  await app.close()
  expect(ids.map(({ headers }) => headers['x-bentoml-request-id'])).toEqual([
    expect.stringMatching(/^[\da-f]{16}$/),
    expect.stringMatching(/^[\da-f]{16}$/),
    'order-7',
    undefined,
    undefined,
  ])
  expect(ids.some(({ headers }) => 'x-bentoml-trace-id' in headers)).toBe(false)
})

test('answers have the trace id where http.response.traceId asks for it', async () => {
  const { app } = await open({
    http: { response: { trace_id: true } },
    logging: { access: { format: { trace_id: '032X' } } },
  })
  const { headers } = await call(app, '/greet', { body: '{"name":"Ann"}', headers: sent })
  await app.close()
  expect(headers['x-bentoml-trace-id']).toBe(traceId.toUpperCase())
})
