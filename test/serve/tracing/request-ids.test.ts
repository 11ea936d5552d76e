import { expect, test } from '@jest/globals'
import { RequestIds } from '../../../src/serve/tracing/request-ids.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

test('are those of the trace that the caller is in, with a span of their own', () => {
  const ids = new RequestIds({ headers: { traceparent } })
  expect(ids.traceId).toBe(traceId)
  expect(ids.isSampled).toBe(true)
  expect(ids.parent?.spanId).toBe('00f067aa0ba902b7')
  expect(ids.spanId).toMatch(/^[\da-f]{16}$/)
  expect(ids.spanId).not.toBe('00f067aa0ba902b7')
  expect(ids.requestId).toBe(ids.spanId)
})

test.each([
  ['a version that cannot be', `ff-${traceId}-00f067aa0ba902b7-01`],
  ['more than its version may say', `${traceparent}-x`],
  ['an id of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['capitals', traceparent.toUpperCase()],
  ['something short', '00-4bf9-00f0-01'],
])('begin a trace when traceparent has %s', (_, header) => {
  const ids = new RequestIds({ headers: { traceparent: header } })
  expect(ids.parent).toBeUndefined()
  expect(ids.traceId).toMatch(/^[\da-f]{32}$/)
  expect(ids.traceId).not.toBe(traceId)
  expect(ids.isSampled).toBe(false)
})

test('follow a later version of traceparent', () => {
  const ids = new RequestIds({ headers: { traceparent: `01-${traceId}-00f067aa0ba902b7-00-more` } })
  expect([ids.traceId, ids.isSampled]).toEqual([traceId, false])
})

test('take the request id of the caller', () => {
  expect(new RequestIds({ headers: { 'x-request-id': 'order:7/a' } }).requestId).toBe('order:7/a')
})

test.each([
  ['nothing', ''],
  ['a line break', 'a\nb'],
  ['quotes', '"},{"'],
  ['too much', 'a'.repeat(129)],
  ['two values', 'a, b'],
])('do not take %s for a request id', (_, sent) => {
  expect(new RequestIds({ headers: { 'x-request-id': sent } }).requestId).toMatch(/^[\da-f]{16}$/)
})

test('never come twice', () => {
  const all = Array.from({ length: 5000 }, () => new RequestIds({ headers: {} }))
  expect(new Set(all.map((ids) => ids.traceId)).size).toBe(5000)
  expect(new Set(all.map((ids) => ids.spanId)).size).toBe(5000)
})

// Samplers compare the last 14 digits with a share of their range: half of the traces must be in half of it.
test('are spread over where samplers look', () => {
  const all = Array.from({ length: 5000 }, () => new RequestIds({ headers: {} }).traceId)
  const low = all.filter((id) => Number.parseInt(id.slice(18, 20), 16) < 128).length
  expect(low).toBeGreaterThan(2300)
  expect(low).toBeLessThan(2700)
})
