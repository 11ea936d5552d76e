import { afterEach, expect, test } from '@jest/globals'
import { runLambda } from '../../../../src/serve/adapters/lambda/main.ts'
import type { HostedApp } from '../../../../src/serve/create-app.ts'
import { LambdaEmulator, type Outcome } from '../../../behaviour/lambda/emulator.ts'
import { functionUrl } from '../../../behaviour/lambda/events.ts'
import { memoryStream, type MemoryStream } from '../../../log/memory-stream.ts'
import { appOf } from '../../app-of.ts'
import { OtlpSink } from '../../tracing/sink.ts'
import { OnLambda } from './lambda-service.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Function {
  readonly emulator: LambdaEmulator
  readonly app: HostedApp
  readonly log: MemoryStream
}

/** The loop over an app; it ends when Lambda does. */
async function start(options: object = {}): Promise<Function> {
  const emulator = new LambdaEmulator()
  const host = await emulator.start()
  closing.push(() => emulator.close())
  const log = memoryStream()
  const env = { BENTO_CONFIG_OVERRIDES: JSON.stringify(options) }
  const app = await appOf(OnLambda, { env, logStream: log })
  const running = runLambda({ host, isStreaming: false, open: async () => app })
  closing.push(async () => {
    emulator.close()
    await running.catch(() => undefined)
    await app.close()
  })
  return { emulator, app, log }
}

function eventOf(path: string, body: object): object {
  const headers = { 'content-type': 'application/json' }
  const bytes = Buffer.from(JSON.stringify(body))
  return functionUrl.event({ method: 'POST', path, headers, body: bytes })
}

function bodyOf(outcome: Outcome): unknown {
  if (outcome.type !== 'whole') throw new Error(JSON.stringify(outcome))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is what the function answers
  return JSON.parse((outcome.answer as { body: string }).body)
}

test('sends telemetry off before it asks for the next event, after the answer', async () => {
  const sink = await OtlpSink.open()
  closing.push(() => sink.close())
  const { emulator } = await start({
    monitoring: { type: 'otlp', options: { endpoint: sink.url } },
  })
  const outcome = await emulator.invoke(eventOf('/observe', {}))
  expect(outcome.type).toBe('whole')
  await emulator.polled(2)
  expect(sink.requests.map(({ path }) => path)).toEqual(['/v1/logs'])
})

test('answers before Lambda would end it', async () => {
  const { emulator } = await start()
  const began = performance.now()
  const outcome = await emulator.invoke(eventOf('/wait', { ms: 5000 }), 800)
  expect(performance.now() - began).toBeLessThan(800)
  expect(bodyOf(outcome)).toMatchObject({ code: 'TIMEOUT' })
})

test('says in the log why an answer was too large, and serves on', async () => {
  const { emulator, log } = await start()
  const outcome = await emulator.invoke(eventOf('/answer', { size: 7_000_000 }))
  expect(bodyOf(outcome)).toMatchObject({ code: 'OUTPUT_INVALID' })
  expect(log.lines.join('')).toContain('The answer is larger than Lambda takes')
  expect(await emulator.invoke(eventOf('/wait', { ms: 0 }))).toMatchObject({ type: 'whole' })
})

test('fails an event that is no HTTP request, and serves on', async () => {
  const { emulator } = await start()
  expect(await emulator.invoke({ Records: [] })).toMatchObject({
    type: 'failed',
    error: { errorMessage: 'The event is none of an HTTP request' },
  })
  expect(await emulator.invoke(eventOf('/wait', { ms: 0 }))).toMatchObject({ type: 'whole' })
})

test('refuses a body above the limit', async () => {
  const { emulator } = await start({ http: { maxBodySize: 100 } })
  const outcome = await emulator.invoke(eventOf('/answer', { size: 1, filler: 'x'.repeat(200) }))
  expect(bodyOf(outcome)).toMatchObject({ code: 'BODY_TOO_LARGE' })
})

test('tells Lambda why it cannot start', async () => {
  const emulator = new LambdaEmulator()
  const host = await emulator.start()
  closing.push(() => emulator.close())
  const open = async (): Promise<never> => {
    throw new Error('no model')
  }
  await expect(runLambda({ host, isStreaming: false, open })).rejects.toThrow('no model')
  expect(emulator.initErrors).toMatchObject([{ errorMessage: 'no model' }])
})
