import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { monitor } from '../../../src/sdk.ts'
import { bindMonitorHost } from '../../../src/service/monitor-host.ts'
import { memoryStream } from '../../log/memory-stream.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { appOf, call } from '../app-of.ts'
import { OtlpSink } from '../tracing/sink.ts'
import { Monitored } from './monitored-service.ts'
import { openMonitoring } from './open-monitoring.ts'

const json = { 'content-type': 'application/json' }
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const sent = {
  ...json,
  'x-request-id': 'order-7',
  traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
}

async function open(options: object = {}) {
  const logPath = join(await temporaryFolder(), 'monitoring')
  const monitoring = { options: { logPath }, ...options }
  const env = { BENTO_CONFIG_OVERRIDES: JSON.stringify({ monitoring }) }
  const stream = memoryStream()
  const app = await appOf(Monitored, { env, logStream: stream })
  return { app, logPath, stream }
}

async function recordsOf(file: string): Promise<unknown[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as unknown)
}

test('writes a record for each call of a method, and the columns once', async () => {
  const { app, logPath } = await open()
  await call(app, '/classify', { body: '{"size":1.5}', headers: sent })
  await call(app, '/classify', { body: '{"size":0.5}' })
  await app.close()
  expect(await recordsOf(join(logPath, 'iris/data/data.0.log'))).toEqual([
    {
      size: 1.5,
      prediction: 'virginica',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      request_id: 'order-7',
      trace_id: traceId,
    },
    expect.objectContaining({ size: 0.5, prediction: 'setosa' }),
  ])
  expect(await recordsOf(join(logPath, 'iris/schema/schema.0.log'))).toEqual([
    {
      meta_data: { bento_name: 'twin', bento_version: 'v1' },
      columns: [
        { name: 'size', role: 'feature', type: 'numerical' },
        { name: 'prediction', role: 'prediction', type: 'categorical' },
      ],
    },
  ])
})

test('keeps the records of requests at the same time apart', async () => {
  const { app, logPath } = await open()
  const sizes = [0.1, 0.2, 3, 4]
  await Promise.all(
    sizes.map((size) => call(app, '/classify', { body: JSON.stringify({ size }), headers: json })),
  )
  await app.close()
  expect(await recordsOf(join(logPath, 'iris/data/data.0.log'))).toMatchObject([
    { size: 0.1, prediction: 'setosa' },
    { size: 0.2, prediction: 'setosa' },
    { size: 3, prediction: 'virginica' },
    { size: 4, prediction: 'virginica' },
  ])
})

test('writes a record for each row of a batch, and renames what a record has anyway', async () => {
  const { app, logPath } = await open()
  await call(app, '/double', { body: '[1,2]', headers: sent })
  await app.close()
  expect(await recordsOf(join(logPath, 'double/data/data.0.log'))).toMatchObject([
    { x: 1, timestamp_: 2, request_id: 'order-7' },
    { x: 2, timestamp_: 4, request_id: 'order-7' },
  ])
})

test('stays in its folder, whatever the name, and adds columns when there are more', async () => {
  const { app, logPath } = await open()
  const ask = (kind: string) => call(app, '/odd', { body: JSON.stringify({ kind }), headers: json })
  await ask('failed')
  await ask('ended')
  await app.close()
  const folder = join(logPath, '..%2Fodd')
  const records = await recordsOf(join(folder, 'data/data.0.log'))
  expect(records).toMatchObject([{ values: [0.5, 1] }, { values: [0.5, 1] }, { again: 'second' }])
  const schema = await recordsOf(join(folder, 'schema/schema.0.log'))
  expect(schema).toMatchObject([
    { columns: [{ name: 'values' }] },
    { columns: [{ name: 'values' }, { name: 'again' }] },
  ])
})

test('warns once of columns of different lengths, and writes what there is', async () => {
  const { app, logPath, stream } = await open()
  const uneven = { body: '{"kind":"uneven"}', headers: json }
  await call(app, '/odd', uneven)
  await call(app, '/odd', uneven)
  await app.close()
  const records = await recordsOf(join(logPath, '..%2Fodd/data/data.0.log'))
  expect(records).toHaveLength(4)
  expect(records[1]).toMatchObject({ prediction: 2 })
  expect(stream.records().filter(({ level }) => level === 40)).toMatchObject([
    { msg: 'Monitor "../odd": columns of one record have different lengths' },
  ])
})

test.each([
  ['switched off', { enabled: false }],
  ['sampled at 0', { sampleRate: 0 }],
])('writes nothing when it is %s', async (_, options) => {
  const { app, logPath } = await open(options)
  const { status } = await call(app, '/classify', { body: '{"size":1.5}', headers: json })
  await app.close()
  expect(status).toBe(200)
  expect(existsSync(logPath)).toBe(false)
})

test('sends records as OTLP logs', async () => {
  const sink = await OtlpSink.open()
  const options = { endpoint: sink.url, headers: { authorization: 'k' } }
  const { app } = await open({ type: 'otlp', options })
  await call(app, '/classify', { body: '{"size":1.5}', headers: sent })
  await app.close()
  await sink.close()
  expect(sink.requests).toHaveLength(1)
  expect(sink.requests[0]).toMatchObject({
    path: '/v1/logs',
    headers: { authorization: 'k' },
    body: {
      resourceLogs: [
        {
          resource: {
            attributes: expect.arrayContaining([
              { key: 'service.name', value: { stringValue: 'Monitored' } },
            ]),
          },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: expect.stringMatching(/^\d{13}000000$/),
                  traceId,
                  flags: 1,
                  body: {
                    kvlistValue: {
                      values: expect.arrayContaining([
                        { key: 'size', value: { doubleValue: 1.5 } },
                        { key: 'prediction', value: { stringValue: 'virginica' } },
                        { key: 'request_id', value: { stringValue: 'order-7' } },
                      ]),
                    },
                  },
                },
              ],
            },
          ],
        },
      ],
    },
  })
  expect(JSON.stringify(sink.requests[0]?.body)).toContain('"bento_meta"')
})

test('a collector that refuses costs one warning and no answer', async () => {
  const sink = await OtlpSink.open(503)
  const { app, stream } = await open({ type: 'otlp', options: { endpoint: sink.url } })
  const { status } = await call(app, '/classify', { body: '{"size":1.5}', headers: json })
  await app.close()
  await sink.close()
  expect(status).toBe(200)
  expect(stream.records().filter(({ level }) => level === 40)).toMatchObject([
    { lost: 1, reason: 'the collector answered 503', msg: 'Monitored records were lost' },
  ])
})

test('a disk that takes nothing costs one warning and no answer', async () => {
  // Nobody can make a folder in a file, as nobody can write to a full disk.
  const { app, stream } = await open({ options: { logPath: '/dev/null/x' } })
  const ask = () => call(app, '/classify', { body: '{"size":1.5}', headers: json })
  expect((await ask()).status).toBe(200)
  await app.close()
  const warnings = stream.records().filter(({ level }) => level === 40)
  expect(warnings).toMatchObject([{ msg: 'Monitored records were lost' }])
})

test('outside of a request a record is what one call logs, written when the loop turns', async () => {
  const logPath = await temporaryFolder()
  const monitoring = openMonitoring({ type: 'default', logPath }, memoryStream())
  bindMonitorHost(monitoring)
  const job = monitor('job')
  job.log(1, { name: 'a', role: 'feature', type: 'numerical' })
  await Promise.resolve()
  job.log(2, { name: 'b', role: 'target', type: 'numerical' })
  await new Promise((resolve) => setImmediate(resolve))
  bindMonitorHost(undefined)
  await monitoring.flush()
  const records = await recordsOf(join(logPath, 'job/data/data.3.log'))
  expect(records).toEqual([{ a: 1, b: 2, timestamp: expect.any(String) }])
})

test('outside of a server nothing is kept', () => {
  bindMonitorHost(undefined)
  const record = monitor('nowhere')
  record.log(1, { role: 'feature', type: 'numerical' })
  expect(() => record.end()).not.toThrow()
})
