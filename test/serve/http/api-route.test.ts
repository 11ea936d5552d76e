import { expect, test } from '@jest/globals'
import type { App } from '../../../src/serve/app.ts'
import { answerOf, appOf, call } from '../app-of.ts'
import { Broken, events, Misfit, Warm } from './api-service.ts'

const timings = { BENTO_CONFIG_OVERRIDES: '{"http":{"response":{"serverTiming":true}}}' }

test('is ready when each warm-up has run, after the hooks', async () => {
  const app = await appOf(Warm)
  const [first, ...rest] = events
  expect(first).toBe('started')
  expect(rest.toSorted()).toEqual(['double 1,2', 'greet you'])
  await app.close()
})

test('says which field of a warm-up does not fit', async () => {
  await expect(appOf(Misfit)).rejects.toMatchObject({
    code: 'STARTUP_FAILED',
    message: 'The warm-up of "use" failed: count: Invalid input: expected number, received string',
    hint: 'Correct `warmUp` in `@api`, the file of --warm-up, or what the method does with it.',
  })
})

test('does not start when a warm-up fails', async () => {
  await expect(appOf(Broken)).rejects.toMatchObject({
    code: 'STARTUP_FAILED',
    message: 'The warm-up of "use" failed: the feature store is down',
  })
})

test('says in Server-Timing what took how long, when asked to', async () => {
  const app = await appOf(Warm, { env: timings })
  const batched = await timingOf(app, '/double', '{"rows":[1,2,3]}')
  expect(batched).toMatchObject({ batch: '3 rows, idle' })
  expect(Number(batched['infer'])).toBeGreaterThanOrEqual(4)
  const startedAt = performance.now()
  const single = await timingOf(app, '/greet', '{}')
  const tookMs = performance.now() - startedAt
  expect(Object.keys(single)).toEqual(['parse', 'queue', 'infer', 'encode'])
  const parts = Object.values(single).reduce((sum, ms) => sum + Number(ms), 0)
  // Each is rounded.
  expect(parts).toBeLessThan(tookMs + 1)
  await app.close()
})

test('says no timings unless asked to', async () => {
  const app = await appOf(Warm)
  const { headers } = await call(app, '/greet', { body: '{}' })
  expect(headers).not.toHaveProperty('server-timing')
  await app.close()
})

test.each([
  ['on this machine', {}, true],
  ['to others', { BENTO_HOST: '0.0.0.0' }, false],
  ['without a page', { BENTO_CONFIG_OVERRIDES: '{"http":{"page":false}}' }, false],
])('served %s: timings for who asks: %j, %s', async (_where, env, isTold) => {
  const app = await appOf(Warm, { env })
  const asking = { 'content-type': 'application/json', 'x-bento-timing': '1' }
  const { headers } = await call(app, '/greet', { body: '{}', headers: asking })
  expect('server-timing' in headers).toBe(isTold)
  await app.close()
})

/** The header, as name and what follows the equals sign. */
async function timingOf(app: App, path: string, body: string): Promise<Record<string, string>> {
  const response = await call(app, path, { body })
  const [status] = await answerOf(response)
  expect(status).toBe(200)
  const parts = response.headers['server-timing']?.split(/, (?=[a-z]+;)/) ?? []
  return Object.fromEntries(
    parts.map((part) => {
      const [, name = '', value = ''] = /^([a-z]+);[a-z]+="?([^"]*)"?$/.exec(part) ?? []
      return [name, value]
    }),
  )
}
