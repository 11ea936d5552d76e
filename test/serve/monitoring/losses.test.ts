import { expect, test } from '@jest/globals'
import { memoryStream } from '../../log/memory-stream.ts'
import { OtlpSink } from '../tracing/sink.ts'
import { openMonitoring } from './open-monitoring.ts'

test('sends what is odd as what it is, and loses what cannot be read alone', async () => {
  const sink = await OtlpSink.open()
  const stream = memoryStream()
  const monitoring = openMonitoring({ type: 'otlp', endpoint: sink.url }, stream)
  // Followed as far as they lead, these are millions.
  const ring: Record<string, unknown> = {}
  const keys = ['a', 'b', 'c', 'd']
  for (const key of keys) ring[key] = ring
  const closed = {
    get name(): string {
      throw new Error('closed')
    },
  }
  const changed = [1]
  const write = (value: unknown) =>
    monitoring.write({ monitor: 'odd', columns: [], values: { value }, ids: undefined })
  for (const value of [ring, closed, 12n, Number.NaN, changed]) write(value)
  changed.push(2)
  await monitoring.flush()
  await sink.close()
  const circular = keys.map((key) => ({ key, value: { stringValue: '[Circular]' } }))
  expect(sink.logged('value')).toEqual([
    { kvlistValue: { values: circular } },
    { intValue: '12' },
    {},
    { arrayValue: { values: [{ doubleValue: 1 }] } },
  ])
  expect(stream.records()).toMatchObject([{ level: 40, lost: 1, reason: 'closed' }])
})

test('says at the end how many were lost in all', async () => {
  const stream = memoryStream()
  const monitoring = openMonitoring({ type: 'default', logPath: '/dev/null/x' }, stream)
  const write = () => monitoring.write({ monitor: 'm', columns: [], values: {}, ids: undefined })
  write()
  await monitoring.flush()
  for (let count = 0; count < 4; count++) write()
  await monitoring.flush()
  await monitoring.flush()
  expect(stream.records()).toMatchObject([{ lost: 1 }, { lost: 5 }])
})
