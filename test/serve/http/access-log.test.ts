import { expect, test } from '@jest/globals'
import { compileIdFormats } from '../../../src/log/log-ids.ts'
import { createLogger, type LoggerOptions } from '../../../src/log/logger.ts'
import { AccessLog, type AccessLogOptions } from '../../../src/serve/http/access-log.ts'
import { jsonResponse } from '../../../src/serve/http/responses.ts'
import { memoryStream } from '../../log/memory-stream.ts'

const everything: AccessLogOptions = {
  enabled: true,
  requestContentLength: true,
  requestContentType: true,
  responseContentLength: true,
  responseContentType: true,
  skipPaths: ['/livez'],
}

const ids = {
  requestId: 'order-7',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled: true,
}

function linesOf(
  options: Partial<AccessLogOptions>,
  path = '/classify',
  given: Partial<LoggerOptions> = {},
): string[] {
  const stream = memoryStream()
  const { lines } = createLogger({ format: 'json', level: 'info', fields: {}, stream, ...given })
  const log = new AccessLog({ ...everything, ...options }, lines)
  log.write({
    request: {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'content-length': '12' },
      body: Buffer.alloc(0),
      signal: new AbortController().signal,
      remote: '127.0.0.1:5000',
    },
    path,
    ids,
    status: 200,
    response: jsonResponse(200, ['setosa']),
    durationMs: 1.23456,
  })
  return stream.lines
}

test('writes one line of JSON with everything that was asked for', () => {
  const [line = ''] = linesOf({})
  expect(line.endsWith('\n')).toBe(true)
  expect(JSON.parse(line)).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    client: '127.0.0.1:5000',
    method: 'POST',
    path: '/classify',
    type: 'application/json',
    length: '12',
    status: 200,
    responseType: 'application/json',
    responseLength: '10',
    ms: 1.235,
    request_id: 'order-7',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    span_id: '00f067aa0ba902b7',
    trace_flags: '01',
    msg: 'access',
  })
})

test.each([
  ['requestContentLength', 'length'],
  ['requestContentType', 'type'],
  ['responseContentLength', 'responseLength'],
  ['responseContentType', 'responseType'],
])('leaves out what %s switches off', (option, field) => {
  const [line = ''] = linesOf({ [option]: false })
  expect(line).toContain('"status":200')
  expect(line).not.toContain(`"${field}":`)
})

test('skips paths by their prefix, and everything when it is off', () => {
  expect(linesOf({}, '/livez')).toEqual([])
  expect(linesOf({ enabled: false })).toEqual([])
})

test('keeps a line whole, whatever stands in a path', () => {
  const path = '/a"b\n\u2028{'
  const lines = linesOf({}, path)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ path })
})

test("writes BentoML's line as text", () => {
  const fields = { service: 'Iris', worker: 2 }
  const [line = ''] = linesOf({}, '/classify', { format: 'text', fields })
  expect(line.slice(line.indexOf(' '))).toBe(
    ' [INFO] [Iris:2] 127.0.0.1:5000 ' +
      '(scheme=http,method=POST,path=/classify,type=application/json,length=12) ' +
      '(status=200,type=application/json,length=10) 1.235ms ' +
      '(trace=4bf92f3577b34da6a3ce929d0e0e4736,span=00f067aa0ba902b7,sampled=1,request=order-7)\n',
  )
})

test.each([
  ['requestContentLength', 'path=/x,type=application/json) (status=200,type='],
  ['requestContentType', 'path=/x,length=12) (status=200,type='],
  ['responseContentLength', '(status=200,type=application/json) '],
  ['responseContentType', '(status=200,length=10) '],
])('leaves out of text what %s switches off', (option, part) => {
  expect(linesOf({ [option]: false }, '/x', { format: 'text' })[0]).toContain(part)
})

test('keeps a line of text whole, and free of commands to a terminal', () => {
  const [line = ''] = linesOf({}, '/a\u001b[31m\né', { format: 'text' })
  expect(line).toContain('path=/a\\u001b[31m\\n\\u00e9,')
  expect(line.trimEnd()).not.toContain('\n')
})

test.each([
  ['x', 'X', ['4bf92f3577b34da6a3ce929d0e0e4736', 'F067AA0BA902B7']],
  ['d', '018d', ['100985939111033328018442752961257817910', '067667974448284343']],
])('writes ids as %s and %s ask', (traceId, spanId, [trace, span]) => {
  const formats = compileIdFormats({ traceId, spanId })
  const [line = ''] = linesOf({}, '/x', { formats })
  expect(JSON.parse(line)).toMatchObject({ trace_id: trace, span_id: span })
})

test('says nothing when the log begins above info', () => {
  expect(linesOf({}, '/x', { level: 'warn' })).toEqual([])
})
