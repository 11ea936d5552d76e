import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { App } from '../../../src/serve/app.ts'
import { tracesUrl } from '../../../src/serve/tracing/otlp-tracer.ts'
import { type MemoryStream, memoryStream } from '../../log/memory-stream.ts'
import { answerOf, appOf, call } from '../app-of.ts'
import { attributesOf, durationOf, OtlpSink, type SinkSpan } from './sink.ts'
import { Traced } from './traced-service.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const json = { 'content-type': 'application/json' }
const sampled = { ...json, traceparent: `00-${traceId}-${parentId}-01` }
const unsampled = { ...json, traceparent: `00-${traceId}-${parentId}-00` }
const greeting = { body: '{"text":"hello"}', headers: sampled }

let sink: OtlpSink
let stream: MemoryStream

beforeEach(async () => {
  sink = await OtlpSink.open()
  stream = memoryStream()
})

afterEach(async () => {
  await sink.close()
})

async function open(tracing: object = {}): Promise<App> {
  const options = { tracing: { exporterType: 'otlp', otlp: { endpoint: sink.url }, ...tracing } }
  const env = { BENTO_CONFIG_OVERRIDES: JSON.stringify(options) }
  return appOf(Traced, { env, logStream: stream })
}

function spanOf(name: string, spans: readonly SinkSpan[] = sink.spans): SinkSpan {
  const found = spans.find((span) => span.name === name)
  if (!found) throw new Error(`no span ${name} in ${spans.map((span) => span.name).join()}`)
  return found
}

test("goes on with the caller's trace: a server span, what it waited for, the service's own", async () => {
  const app = await open()
  const response = await call(app, '/greet?x=1', greeting)
  expect(await answerOf(response)).toEqual([200, `hello ${traceId}`])
  await app.close()
  const server = spanOf('POST /greet')
  expect(server).toMatchObject({ traceId, parentSpanId: parentId, kind: 2 })
  expect(attributesOf(server.attributes)).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/greet',
    'url.path': '/greet',
    'http.response.status_code': 200,
  })
  expect(response.headers['x-bentoml-request-id']).toBe(server.spanId)
  for (const name of ['queue', 'inference', 'look up']) {
    expect(spanOf(name)).toMatchObject({ traceId, parentSpanId: server.spanId })
  }
  expect(durationOf(spanOf('inference'))).toBeGreaterThan(2)
  expect(durationOf(spanOf('inference'))).toBeLessThanOrEqual(durationOf(server))
  expect(sink.spans).toHaveLength(4)
})

test('lines of the log have the ids of the exported span', async () => {
  const app = await open()
  await call(app, '/greet', greeting)
  await app.close()
  const { spanId } = spanOf('POST /greet')
  const lines = stream.records().filter(({ msg }) => msg === 'looked up' || msg === 'access')
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    expect(line).toMatchObject({ trace_id: traceId, span_id: spanId, trace_flags: '01' })
  }
})

test('links the span of a batch to all its requests', async () => {
  const app = await open()
  const ask = () => call(app, '/double', { body: '[1]', headers: sampled })
  await Promise.all([ask(), ask(), ask()])
  await app.close()
  const requests = sink.spans.filter(({ name }) => name === 'POST /double')
  const batch = spanOf('batch')
  const members = [batch.parentSpanId, ...(batch.links ?? []).map(({ spanId }) => spanId)]
  expect(requests.map(({ spanId }) => spanId)).toEqual(expect.arrayContaining(members))
  expect(members.length).toBeGreaterThan(1)
  const own = sink.spans.filter(({ name }) => name === 'arithmetic')
  expect(own.some(({ parentSpanId }) => parentSpanId === batch.spanId)).toBe(true)
  const runs = sink.spans
    .filter(({ name }) => name === 'inference')
    .map(({ attributes }) => attributesOf(attributes))
  expect(runs).toHaveLength(3)
  expect(runs).toContainEqual({
    'bento.batch.rows': members.length,
    'bento.batch.reason': expect.any(String),
  })
})

test('marks what failed, with its error', async () => {
  const app = await open()
  await call(app, '/fail', { headers: sampled })
  await app.close()
  const server = spanOf('POST /fail')
  expect(server.status.code).toBe(2)
  expect(server.events).toMatchObject([{ name: 'exception' }])
  expect(attributesOf(server.attributes)).toMatchObject({
    'error.type': 'TypeError',
    'http.response.status_code': 500,
  })
})

test.each([
  ['nothing of its own at a rate of 0', { sampleRate: 0, headers: json }, 0],
  ['everything at a rate of 1', { sampleRate: 1, headers: json }, 4],
  ['what the caller samples, at a rate of 0', { sampleRate: 0, headers: sampled }, 4],
  ['nothing that the caller does not sample', { sampleRate: 1, headers: unsampled }, 0],
])('exports %s', async (_, { sampleRate, headers }, count) => {
  const app = await open({ sampleRate })
  const { headers: answered } = await call(app, '/greet', { ...greeting, headers })
  await app.close()
  expect(sink.spans).toHaveLength(count)
  expect(answered['x-bentoml-request-id']).toMatch(/^[\da-f]{16}$/)
})

test('does not trace what excludedUrls match, nor probes', async () => {
  const app = await open({ excludedUrls: ['/do.ble$'] })
  await call(app, '/double', { body: '[1]', headers: sampled })
  await call(app, '/livez', { method: 'GET', headers: sampled })
  const { headers } = await call(app, '/greet', greeting)
  await app.close()
  expect(sink.spans.map(({ name }) => name)).not.toContain('POST /double')
  expect(sink.spans.map(({ name }) => name)).toContain('POST /greet')
  expect(headers['x-bentoml-request-id']).toBe(spanOf('POST /greet').spanId)
})

test('says whose spans they are; OTEL_RESOURCE_ATTRIBUTES has the last word', async () => {
  process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'service.version=v9,team=flowers'
  const app = await open({
    otlp: { endpoint: sink.url, http: { headers: { authorization: 'k' } } },
  })
  await call(app, '/greet', greeting)
  await app.close()
  delete process.env['OTEL_RESOURCE_ATTRIBUTES']
  expect(sink.resource).toMatchObject({
    'service.name': 'Traced',
    'service.namespace': 'twin',
    'service.version': 'v9',
    'service.instance.id': '0',
    team: 'flowers',
  })
  expect(sink.requests[0]).toMatchObject({ path: '/v1/traces', headers: { authorization: 'k' } })
})

test('finds the collector by OTEL_EXPORTER_OTLP_ENDPOINT', async () => {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = sink.url
  const app = await open({ otlp: {} })
  await call(app, '/greet', greeting)
  await app.close()
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  expect(sink.spans).toHaveLength(4)
})

test('a collector that refuses costs one warning and no answer', async () => {
  await sink.close()
  sink = await OtlpSink.open(400)
  const app = await open()
  const response = await call(app, '/greet', greeting)
  await app.close()
  expect(response.status).toBe(200)
  const warnings = stream.records().filter(({ level }) => level === 40)
  expect(warnings).toMatchObject([{ msg: 'The collector did not take the spans', spans: 4 }])
})

test.each([
  ['http://collector:4318', 'http://collector:4318/v1/traces'],
  ['http://collector:4318/', 'http://collector:4318/v1/traces'],
  ['https://host/otlp/v1/traces', 'https://host/otlp/v1/traces'],
])('sends traces of %s to %s', (endpoint, url) => {
  expect(tracesUrl(endpoint)).toBe(url)
})
