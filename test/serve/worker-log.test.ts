import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { tracingPackages } from '../../src/config/option-packages.ts'
import type { Started } from '../processes.ts'
import { bundle, serveSource } from './supervise/serve-source.ts'
import { OtlpSink } from './tracing/sink.ts'

// Services are bundled, and each test starts real processes.
jest.setTimeout(60_000)

const talkative = `
import { api, logger, onShutdown, service } from 'bentojs'

@service()
export class Talkative {
  @api()
  async talk() {
    console.log('rows: %d', 3, { deep: [1] })
    await new Promise((resolve) => setImmediate(resolve))
    console.warn('two\\nlines')
    logger.info({ rows: 3 }, 'of the module')
    process.stdout.write('raw\\n')
  }

  @api()
  async flood() {
    for (let count = 0; count < 50_000; count++) logger.info({ count }, 'x'.repeat(100))
  }

  @api()
  async dawdle() {
    logger.info('asked')
    await new Promise((resolve) => setTimeout(resolve, 600))
  }

  @api()
  async leave() {
    console.log('leaving')
    process.exit(3)
  }

  @api()
  async crash() {
    console.log('crashing')
    setImmediate(() => {
      throw new Error('nobody catches this')
    })
    await new Promise(() => undefined)
  }

  @onShutdown
  stop() {
    logger.info('the last word')
  }
}
`

const plain = `
import { api, service } from 'bentojs'

@service()
export class Plain {
  @api()
  async talk() {
    console.log('of the console')
  }
}
`

const watched = `
import { api, monitor, service } from 'bentojs'

@service()
export class Watched {
  @api()
  async talk() {
    monitor('talks').log(1, { role: 'prediction', type: 'numerical' })
  }
}
`

async function serve(source: string, env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const { server, url } = await serveSource(source, env, tracingPackages)
  const headers = { 'content-type': 'application/json', 'x-request-id': 'order-7' }
  await fetch(`${url}/talk`, { method: 'POST', headers })
  return server
}

/** The line of JSON with this message. */
async function lineOf(server: Started, message: string): Promise<unknown> {
  const [line] = await server.printed(new RegExp(`^{.*"msg":"${message}.*}$`, 'm'))
  return JSON.parse(line)
}

test('the console of a worker joins its log; what is written to stdout does not', async () => {
  const server = await serve(talkative)
  const common = { service: 'Talkative', worker: 1, request_id: 'order-7' }
  expect(await lineOf(server, 'rows: 3 { deep')).toMatchObject({ ...common, level: 30 })
  expect(await lineOf(server, 'two')).toMatchObject({ ...common, level: 40, msg: 'two\nlines' })
  expect(await lineOf(server, 'of the module')).toMatchObject({ ...common, rows: 3 })
  expect(await lineOf(server, 'access')).toMatchObject({ ...common, path: '/talk' })
  expect(server.output()).toMatch(/^raw$/m)
})

test('the last lines are written before a worker ends', async () => {
  const server = await serve(talkative)
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  expect(await lineOf(server, 'the last word')).toMatchObject({ level: 30 })
})

test.each([
  ['leave', 'leaving', /^Worker 1 died: ended with code 3$/m],
  ['crash', 'crashing', /^Worker 1 died: nobody catches this$/m],
])('the last lines are written before a worker ends by itself: %s', async (name, last, died) => {
  const { server, url } = await serveSource(talkative, {}, tracingPackages)
  const answer = fetch(`${url}/${name}`, { method: 'POST' })
  await expect(answer).rejects.toThrow('fetch failed')
  await server.printed(died)
  expect(await lineOf(server, last)).toMatchObject({ level: 30 })
  const raw = server.output().match(/^(?!\{).*nobody catches this/gm) ?? []
  expect(raw.filter((line) => !line.startsWith('Worker 1 died'))).toEqual([])
})

test('the access log names who left before the answer', async () => {
  const { server, url } = await serveSource(talkative, {}, tracingPackages)
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const { localPort } = socket
  socket.write('POST /dawdle HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  await lineOf(server, 'asked')
  socket.destroy()
  const left = { client: `127.0.0.1:${localPort}`, path: '/dawdle', status: 499 }
  expect(await lineOf(server, 'access')).toMatchObject(left)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/request_total\{endpoint="\/dawdle",http_response_code="499".*\} 1$/m)
  expect(metrics).toMatch(/request_total\{endpoint="\/dawdle",http_response_code="200".*\} 0$/m)
})

test('a reader of the log that has stopped holds up neither requests nor the end', async () => {
  const { context, path } = await bundle(talkative, tracingPackages)
  const server = spawn(process.execPath, [join(path, 'dist', 'service.mjs')], {
    cwd: context,
    env: { ...process.env, BENTO_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = await new Promise<string>((resolve) => {
    let said = ''
    server.stderr.on('data', (chunk: Buffer) => {
      said += String(chunk)
      const [, found] = /Serving on (\S+)\n/.exec(said) ?? []
      if (found !== undefined) resolve(found)
    })
  })
  server.stderr.pause()
  const flood = await fetch(`${url}/flood`, { method: 'POST' })
  expect(flood.status).toBe(200)
  server.kill('SIGTERM')
  await once(server, 'exit')
  server.stderr.resume()
  expect(server.exitCode).toBe(0)
}, 20_000)

test('a service that does not import logger does not pay for ids on the console', async () => {
  const server = await serve(plain)
  expect(await lineOf(server, 'of the console')).not.toHaveProperty('request_id')
  expect(await lineOf(server, 'access')).toMatchObject({ request_id: 'order-7' })
})

test('the console has ids where logging.correlate asks for them', async () => {
  const server = await serve(plain, { BENTO_CONFIG_OVERRIDES: '{"logging":{"correlate":true}}' })
  expect(await lineOf(server, 'of the console')).toMatchObject({ request_id: 'order-7' })
})

test('a worker exports its spans before it ends', async () => {
  const sink = await OtlpSink.open()
  const tracing = { exporterType: 'otlp', sampleRate: 1, otlp: { endpoint: sink.url } }
  const env = { BENTO_CONFIG_OVERRIDES: JSON.stringify({ tracing }) }
  const server = await serve(plain, env)
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  await sink.close()
  expect(sink.spans.map(({ name }) => name)).toEqual(['queue', 'inference', 'POST /talk'])
  expect(sink.resource).toMatchObject({ 'service.name': 'Plain', 'service.instance.id': '1' })
})

test('a collector that never answers does not hold up the end', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const options = {
    traffic: { timeout: 1 },
    tracing: { exporterType: 'otlp', sampleRate: 1, otlp: { endpoint } },
    monitoring: { type: 'otlp', options: { endpoint } },
  }
  const server = await serve(watched, { BENTO_CONFIG_OVERRIDES: JSON.stringify(options) })
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  silent.close()
  silent.closeAllConnections()
  expect(await lineOf(server, 'Spans or monitored records were lost')).toMatchObject({ level: 40 })
})
