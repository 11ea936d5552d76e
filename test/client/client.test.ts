import { beforeEach, expect, test } from '@jest/globals'
import { client, ClientError, isClientError } from '../../src/client/client.ts'
import type { ClientOptions, ServiceClient } from '../../src/client/client.ts'
import { appOf } from '../serve/app-of.ts'
import { Flowers, runs } from './flowers.ts'
import { quietly, listen } from './listen.ts'

beforeEach(() => runs.clear())

async function open(options: ClientOptions = {}): Promise<ServiceClient<Flowers>> {
  return client<Flowers>(await listen(await appOf(Flowers, quietly)), options)
}

/** The error that a call fails with. */
async function errorOf(call: Promise<unknown>): Promise<ClientError> {
  const error: unknown = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!isClientError(error)) throw new Error(`It did not fail as a call fails: ${String(error)}`)
  return error
}

test('calls methods by their names, on their own routes', async () => {
  await using flowers = await open()
  const named = flowers.name({ flowers: [{ petal: 1.5 }, { petal: 2, colour: 'red' }] })
  await expect(named).resolves.toEqual(['white 1.5', 'red 2'])
  await expect(flowers.sum([1, 2, 3])).resolves.toBe(6)
})

test('leaves out an input of which nothing is required', async () => {
  await using flowers = await open()
  await expect(flowers.greet()).resolves.toBe('héllo you')
  await expect(flowers.greet({ name: 'Ann' })).resolves.toBe('héllo Ann')
  await expect(flowers.nothing()).resolves.toBeNull()
})

test('sends a text as it is', async () => {
  await using flowers = await open()
  await expect(flowers.shout('"quoted"\n')).resolves.toBe('"QUOTED"\n')
})

test('gives tensors as typed arrays, whatever they were made of', async () => {
  await using flowers = await open()
  const nested = await flowers.twice({ x: [[1, 2]] })
  expect(nested.data).toBeInstanceOf(Float64Array)
  expect(nested).toMatchObject({ dtype: 'float64', shape: [1, 2], data: Float64Array.of(2, 4) })
  const flat = await flowers.twice({ x: Float32Array.of(1, 2, 3, 4) })
  expect(flat).toMatchObject({ shape: [2, 2], data: Float64Array.of(2, 4, 6, 8) })
})

test('refuses a tensor that does not fit before it sends it', async () => {
  await using flowers = await open()
  const { code, status, detail } = await errorOf(flowers.twice({ x: [[1, 2, 3]] }))
  expect({ code, status, detail }).toEqual({
    code: 'INPUT_INVALID',
    status: undefined,
    detail: [
      { type: 'value_error', loc: [], msg: 'Input should have the shape [?, 2], not [1, 3]' },
    ],
  })
})

test('reaches a method that is named as its own controls', async () => {
  await using flowers = await open()
  await expect(flowers.api_close()).resolves.toBe('closed its petals')
})

test('sends keys, headers, and the time that is left', async () => {
  await using flowers = await open({
    token: 'secret',
    apiKey: 'key',
    headers: { 'X-Mine': 'all' },
    timeoutMs: 5000,
  })
  const sent = await flowers.headers({}, { headers: { 'x-mine': 'one' }, timeoutMs: 2500 })
  expect(sent).toMatchObject({
    authorization: 'Bearer secret',
    'x-api-key': 'key',
    'x-mine': 'one',
    'x-request-timeout': expect.stringMatching(/^2\.[34]\d\d$/),
  })
})

test('a call without a deadline says nothing of one', async () => {
  await using flowers = await open()
  await expect(flowers.headers()).resolves.not.toHaveProperty('x-request-timeout')
})

test('passes on what the service says went wrong', async () => {
  await using flowers = await open()
  const error = await errorOf(flowers.fail({ kind: 'teapot' }))
  expect(error).toBeInstanceOf(ClientError)
  expect(error).toMatchObject({
    message: 'Short and stout',
    code: 'TEAPOT',
    status: 418,
    detail: [{ type: 'pot', loc: ['tea', 0], msg: 'It is a pot' }],
  })
  expect(await errorOf(flowers.fail({ kind: 'missing' }))).toMatchObject({
    status: 404,
    code: 'NOT_FOUND',
  })
  expect(await errorOf(flowers.fail({ kind: 'bug' }))).toMatchObject({
    status: 500,
    code: 'INTERNAL',
  })
})

test('says what is wrong with an input, and where', async () => {
  await using flowers = await open()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a caller may lie to the types
  const flower = { petal: 'big' } as unknown as { petal: number }
  const error = await errorOf(flowers.name({ flowers: [flower] }))
  expect(error).toMatchObject({ code: 'INPUT_INVALID', status: 400 })
  expect(error.detail).toMatchObject([{ loc: ['flowers', 0, 'petal'], type: 'float_parsing' }])
})

test('names the method that was meant', async () => {
  const url = await listen(await appOf(Flowers, quietly))
  await using flowers = client<{ gret(): string; fly(): string }>(url)
  expect(await errorOf(flowers.gret())).toMatchObject({
    code: 'METHOD_UNKNOWN',
    message: 'The service has no method "gret": is it greet?',
  })
  await expect(flowers.fly()).rejects.toThrow(
    /^The service has no method "fly": it has bed, close, /,
  )
})

test('is no promise', async () => {
  const flowers = await Promise.resolve(await open())
  await expect(flowers.greet()).resolves.toBe('héllo you')
  await flowers.close()
})

test('fails calls after it was closed', async () => {
  const flowers = await open({ retries: 0 })
  await flowers.greet()
  await flowers.close()
  await expect(flowers.greet()).rejects.toThrow('The client is destroyed')
})

test.each(['here', 'ftp://127.0.0.1', 'localhost:3000'])('refuses the URL %s', (url) => {
  expect(() => client(url)).toThrow(`"${url}" is not the URL of a service`)
})

test('comes again when the service says when', async () => {
  await using flowers = await open()
  await expect(flowers.fail({ kind: 'busy' })).resolves.toBe('after 3')
})

test('does not come again when that would be too late', async () => {
  await using flowers = await open()
  const error = await errorOf(flowers.fail({ kind: 'late' }, { timeoutMs: 2000 }))
  expect(error).toMatchObject({ status: 503, retryAfterMs: 9000 })
  expect(runs.get('late')).toBe(1)
})

test('does not come again when it was not told to', async () => {
  await using flowers = await open()
  await errorOf(flowers.fail({ kind: 'down' }))
  await errorOf(flowers.fail({ kind: 'bug' }))
  expect([runs.get('down'), runs.get('bug')]).toEqual([1, 1])
})

test('ends a call at its deadline, and lets the service know', async () => {
  await using flowers = await open()
  await flowers.greet()
  const error = await errorOf(flowers.sleep({ ms: 400 }, { timeoutMs: 50 }))
  expect(error).toMatchObject({ code: 'TIMEOUT' })
})

test('ends a call with the reason of its caller', async () => {
  await using flowers = await open()
  await flowers.greet()
  const abort = new AbortController()
  const call = flowers.sleep({ ms: 400 }, { signal: abort.signal })
  setTimeout(() => abort.abort(new Error('enough')), 50)
  await expect(call).rejects.toThrow('enough')
  await expect(flowers.greet({}, { signal: abort.signal })).rejects.toThrow('enough')
})
