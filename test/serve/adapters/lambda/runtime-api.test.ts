import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { RuntimeApi } from '../../../../src/serve/adapters/lambda/runtime-api.ts'
import { LambdaEmulator, type Outcome } from '../../../behaviour/lambda/emulator.ts'
import { readStreamed } from '../../../behaviour/lambda/hosts.ts'

let emulator: LambdaEmulator
let api: RuntimeApi

beforeEach(async () => {
  emulator = new LambdaEmulator()
  api = new RuntimeApi(await emulator.start())
})

afterEach(() => {
  api.close()
  emulator.close()
})

/** One invocation, answered by `work`. */
async function invoke(work: (id: string) => Promise<void>): Promise<Outcome> {
  const outcome = emulator.invoke({ hello: 'there' })
  const { id } = await api.next()
  await work(id)
  return outcome
}

test('takes an event with its id and deadline', async () => {
  void emulator.invoke({ hello: 'there' }, 3000)
  const next = await api.next()
  expect(next).toMatchObject({ id: 'invocation-1', event: { hello: 'there' } })
  expect(next.deadlineMs - Date.now()).toBeGreaterThan(1000)
})

test('sends each part of an answer when it is made', async () => {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  async function* body(): AsyncGenerator<Buffer> {
    yield Buffer.from('one ')
    await released
    yield Buffer.from('two')
  }
  const streaming = invoke((id) =>
    api.stream(id, { status: 201, headers: { 'content-type': 'text/plain' }, body: body() }),
  )
  await emulator.received('one ')
  release()
  expect(readStreamed(await streaming)).toEqual({
    status: 201,
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from('one two'),
    parts: 2,
  })
})

test('tells in trailers what failed halfway', async () => {
  async function* body(): AsyncGenerator<Buffer> {
    yield Buffer.from('one ')
    throw new TypeError('the model is gone')
  }
  const outcome = await invoke((id) => api.stream(id, { status: 200, headers: {}, body: body() }))
  if (outcome.type !== 'streamed') throw new Error(outcome.type)
  const trailer = outcome.trailers['lambda-runtime-function-error-body'] ?? ''
  expect(outcome.trailers['lambda-runtime-function-error-type']).toBe('Runtime.TypeError')
  expect(JSON.parse(Buffer.from(trailer, 'base64').toString())).toMatchObject({
    errorMessage: 'the model is gone',
  })
})

test('reports an invocation that failed, and a start that did', async () => {
  const outcome = await invoke((id) => api.fail(id, new RangeError('too far')))
  expect(outcome).toMatchObject({
    type: 'failed',
    error: { errorType: 'RangeError', errorMessage: 'too far', stackTrace: expect.any(Array) },
  })
  await api.failInit('no model')
  expect(emulator.initErrors).toMatchObject([{ errorType: 'Error', errorMessage: 'no model' }])
})
