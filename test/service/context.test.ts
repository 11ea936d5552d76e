import { expect, test } from '@jest/globals'
import { createLogger } from '../../src/log/logger.ts'
import { createBatchContext, createContext } from '../../src/service/context.ts'

const state = {}
const ids = { requestId: 'r1', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: true }
const lines: string[] = []
const { logger } = createLogger({
  format: 'json',
  level: 'info',
  fields: {},
  stream: { write: (line) => void lines.push(line), flushSync: () => undefined },
})
const options = { state, deadline: 5, ids, logger }

function contextOf(signal: AbortSignal) {
  const source = { method: 'POST', path: '/greet?x=1', headers: { host: 'localhost' }, signal }
  return createContext(source, options)
}

test('shows the request and takes what the answer should be', () => {
  const context = contextOf(new AbortController().signal)
  expect(context).toMatchObject({ deadline: 5, request: { method: 'POST', path: '/greet?x=1' } })
  expect(context.state).toBe(state)
  context.response.status = 202
  context.response.headers['x-a'] = 'b'
  expect(context.response).toEqual({ status: 202, headers: { 'x-a': 'b' } })
})

test('asks for the signal only when it is read', () => {
  let reads = 0
  const source = {
    method: 'POST',
    path: '/',
    headers: {},
    get signal() {
      reads += 1
      return new AbortController().signal
    },
  }
  const context = createContext(source, options)
  expect(reads).toBe(0)
  expect(context.signal.aborted).toBe(false)
  expect(reads).toBe(1)
})

test('of a batch reaches the context of each request', () => {
  const requests = [
    contextOf(new AbortController().signal),
    contextOf(new AbortController().signal),
  ]
  const batch = createBatchContext(requests, options)
  expect(batch.requests).toEqual(requests)
  expect(batch.state).toBe(state)
})

test('of a batch is aborted when the last of its clients leaves', () => {
  const [first, second, gone] = [
    new AbortController(),
    new AbortController(),
    new AbortController(),
  ]
  gone.abort()
  const requests = [first, second, gone].map(({ signal }) => contextOf(signal))
  const { signal } = createBatchContext(requests, options)
  first.abort()
  expect(signal.aborted).toBe(false)
  second.abort()
  expect(signal.aborted).toBe(true)
})

test('of a batch whose clients have all left is aborted from the start', () => {
  const gone = new AbortController()
  gone.abort()
  expect(createBatchContext([contextOf(gone.signal)], options).signal.aborted).toBe(true)
})
