import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { temporaryFolder } from '../../temporary-folder.ts'
import { serveSource, startSource } from './serve-source.ts'

// Each test bundles a service and starts real processes.
jest.setTimeout(60_000)

const source = `
import { existsSync, rmSync } from 'node:fs'
import { api, onShutdown, onStartup, service } from 'bentojs'

@service({ traffic: { timeout: 20 } })
export class Probe {
  @onStartup
  async start() {
    const { SLOW_FILE } = process.env
    if (!SLOW_FILE || !existsSync(SLOW_FILE)) return
    // Whoever takes it away is the slow one.
    rmSync(SLOW_FILE)
    await new Promise((resolve) => setTimeout(resolve, 1500))
  }

  @onShutdown
  async stop() {
    if (process.env.FAIL_AT_END) throw new Error('the table is locked')
  }

  @api()
  pid() {
    return process.pid
  }

  @api()
  exit() {
    process.exit(5)
  }
}
`

async function post(url: string, method: string): Promise<unknown> {
  const headers = { connection: 'close', 'content-type': 'application/json' }
  const response = await fetch(`${url}/${method}`, { method: 'POST', headers })
  return response.json()
}

async function statusOf(url: string): Promise<number> {
  return (await fetch(url, { headers: { connection: 'close' } })).status
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}

test('a ready worker that dies is replaced, though another is still starting', async () => {
  const slow = join(await temporaryFolder(), 'slow')
  await writeFile(slow, '')
  const port = await freePort()
  const server = await startSource(source, {
    SLOW_FILE: slow,
    BENTO_PORT: String(port),
    BENTO_CONFIG_OVERRIDES: '{"workers":2}',
  })
  await server.printed(/Plan:/)
  const url = `http://127.0.0.1:${port}`
  while ((await statusOf(`${url}/readyz`)) !== 200) await turn()
  const first = await post(url, 'pid')
  await expect(post(url, 'exit')).rejects.toMatchObject({ message: 'fetch failed' })
  expect(server.output()).not.toContain('Serving on')
  await server.printed(/Serving on/)
  expect(await post(url, 'pid')).not.toBe(first)
  expect(server.output()).toMatch(/Worker \d died: ended with code 5/)
})

test('an onShutdown that fails ends the service at once, with 1 and its words', async () => {
  const { server } = await serveSource(source, { FAIL_AT_END: '1' })
  const askedAt = performance.now()
  server.signal('SIGTERM')
  expect(await server.exited).toBe(1)
  // What is in flight would have had 25 s.
  expect(performance.now() - askedAt).toBeLessThan(5000)
  expect(server.output()).toContain('Worker 1 died: the table is locked')
})

test('a worker that is killed while it drains is no clean end', async () => {
  const { server, url } = await serveSource(source)
  const pid = Number(await post(url, 'pid'))
  process.kill(pid, 'SIGSTOP')
  server.signal('SIGTERM')
  await server.printed(/Finishing what is in flight/)
  process.kill(pid, 'SIGKILL')
  expect(await server.exited).toBe(1)
  expect(server.output()).toContain('Worker 1 died: ended with SIGKILL')
})

test('a temporary folder that is not there ends it with what to do', async () => {
  const server = await startSource(source, { TMPDIR: '/nowhere' })
  expect(await server.exited).toBe(1)
  expect(server.output()).toContain('FILE_FAILED: The temporary folder "/nowhere" cannot be used')
  expect(server.output()).toContain('Set TMPDIR')
})
