import { expect, test } from '@jest/globals'
import { AccessLog, type AccessLogOptions } from '../../../src/serve/http/access-log.ts'
import { jsonResponse } from '../../../src/serve/http/responses.ts'

const everything: AccessLogOptions = {
  enabled: true,
  requestContentLength: true,
  requestContentType: true,
  responseContentLength: true,
  responseContentType: true,
  skipPaths: ['/livez'],
}

function linesOf(options: Partial<AccessLogOptions>, path = '/classify'): string[] {
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line), flushSync: () => undefined }
  const log = new AccessLog({ ...everything, ...options }, { stream, head: () => '{"level":30' })
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
    response: jsonResponse(200, ['setosa']),
    durationMs: 1.23456,
  })
  return lines
}

test('writes one line of JSON with everything that was asked for', () => {
  const [line = ''] = linesOf({})
  expect(line.endsWith('\n')).toBe(true)
  expect(JSON.parse(line)).toEqual({
    level: 30,
    client: '127.0.0.1:5000',
    method: 'POST',
    path: '/classify',
    type: 'application/json',
    length: '12',
    status: 200,
    responseType: 'application/json',
    responseLength: '10',
    ms: 1.235,
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
