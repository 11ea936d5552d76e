import { expect, jest, test } from '@jest/globals'
import { serveSource, startSource } from './serve-source.ts'

// Each test bundles a service and starts real processes.
jest.setTimeout(60_000)

const source = `
import { api, onShutdown, onStartup, service } from 'bentojs'

@service({ traffic: { timeout: 20 } })
export class Probe {
  @onStartup
  start() {
    if (process.env.FAIL_AT_START) throw new Error('no database')
  }

  @onShutdown
  stop() {
    console.error('stopped cleanly')
  }

  @api()
  pid() {
    return process.pid
  }

  @api()
  die() {
    process.kill(process.pid, 'SIGKILL')
  }

  @api()
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    return 'finished'
  }
}
`

async function post(url: string, method: string): Promise<unknown> {
  // A connection of its own, so that requests spread over workers.
  const headers = { connection: 'close', 'content-type': 'application/json' }
  const response = await fetch(`${url}/${method}`, { method: 'POST', headers })
  return response.json()
}

async function metric(url: string, pattern: RegExp): Promise<number> {
  const response = await fetch(`${url}/metrics`)
  const line = (await response.text()).split('\n').find((each) => pattern.test(each))
  return Number(line?.split(' ').at(-1))
}

test('spreads connections over its workers, and sums their metrics exactly', async () => {
  const { url } = await serveSource(source, { BENTO_CONFIG_OVERRIDES: '{"workers":2}' })
  const pids = new Set<unknown>()
  for (let request = 0; request < 12; request++) pids.add(await post(url, 'pid'))
  expect(pids.size).toBe(2)
  const counted = /request_total\{endpoint="\/pid",http_response_code="200"/
  expect(await metric(url, counted)).toBe(12)
})

test('replaces a worker that is killed, and keeps what it had counted', async () => {
  const { url, server } = await serveSource(source)
  const before = await post(url, 'pid')
  await expect(post(url, 'die')).rejects.toMatchObject({ message: 'fetch failed' })
  const after = await post(url, 'pid')
  expect(after).not.toBe(before)
  await server.printed(/Worker 1 died: ended with SIGKILL/)
  const counted = /request_total\{endpoint="\/pid",http_response_code="200"/
  expect(await metric(url, counted)).toBe(2)
  const underWay = /request_in_progress\{endpoint="\/die"/
  expect(await metric(url, underWay)).toBe(0)
})

test('finishes what is in flight at SIGTERM, runs onShutdown, and exits with 0', async () => {
  const { url, server } = await serveSource(source)
  const answer = post(url, 'slow')
  await untilInProgress(url, '/slow')
  server.signal('SIGTERM')
  await expect(answer).resolves.toBe('finished')
  expect(await server.exited).toBe(0)
  expect(server.output()).toContain('stopped cleanly')
})

test('refuses connections once it drains', async () => {
  const { url, server } = await serveSource(source)
  const answer = post(url, 'slow')
  await untilInProgress(url, '/slow')
  server.signal('SIGTERM')
  await untilRefused(url)
  await expect(answer).resolves.toBe('finished')
  expect(await server.exited).toBe(0)
})

test('ends at once at the second signal', async () => {
  const { url, server } = await serveSource(source)
  const cut = post(url, 'slow').then(
    () => 'answered',
    () => 'cut',
  )
  await untilInProgress(url, '/slow')
  server.signal('SIGTERM')
  await untilRefused(url)
  // Signals that follow each other closely are one press of Ctrl-C.
  const repeat = setInterval(() => server.signal('SIGTERM'), 50)
  expect(await cut).toBe('cut')
  // Node takes no signal any more once it is ending: one that came then would be what ended it.
  clearInterval(repeat)
  expect(await server.exited).toBe(130)
})

test('does not start a service whose onStartup fails, and says why', async () => {
  const server = await startSource(source, { FAIL_AT_START: 'yes' })
  expect(await server.exited).toBe(1)
  expect(server.output()).toContain('STARTUP_FAILED: The service did not start: no database')
  expect(server.output()).not.toContain('Serving on')
})

test('says so when the port is taken', async () => {
  const { url } = await serveSource(source)
  const second = await startSource(source, { BENTO_PORT: new URL(url).port })
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain(`PORT_IN_USE: Port ${new URL(url).port} of 127.0.0.1 is in use`)
})

test('names what is wrong with its configuration', async () => {
  const server = await startSource(source, { BENTO_CONFIG_OVERRIDES: '{"trafic":{"timeout":1}}' })
  expect(await server.exited).toBe(2)
  expect(server.output()).toContain('CONFIG_INVALID')
  expect(server.output()).toContain('traffic')
})

async function untilInProgress(url: string, endpoint: string): Promise<void> {
  const pattern = new RegExp(`request_in_progress\\{endpoint="${endpoint}"`)
  while ((await metric(url, pattern)) !== 1) await turn()
}

async function untilRefused(url: string): Promise<void> {
  for (;;) {
    const refused = await fetch(`${url}/livez`, { headers: { connection: 'close' } }).then(
      () => false,
      () => true,
    )
    if (refused) return
    await turn()
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
