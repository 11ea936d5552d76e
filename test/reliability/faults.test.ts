import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'
import { buildProbe, call, childrenOf, metric, serveProbe, wait } from './probe.ts'
import { type Outcome, RawClient } from './raw-client.ts'

let path = ''
beforeAll(async () => {
  path = await buildProbe()
})

const clients = 8

/** Callers who go on, each on a connection that it keeps, until they are told to stop. */
function startLoad(port: number): () => Promise<Outcome[]> {
  const load = { isOn: true }
  const outcomes: Outcome[] = []
  const run = async (): Promise<void> => {
    const client = new RawClient(port)
    while (load.isOn) {
      const outcome = await client.post('/slow', { ms: 5 })
      outcomes.push(outcome)
      if (outcome.kind === 'lost') client.close()
    }
    client.close()
  }
  const loops = Array.from({ length: clients }, run)
  return async () => {
    load.isOn = false
    await Promise.all(loops)
    return outcomes
  }
}

test.each(['SIGKILL', 'SIGSEGV', 'abort', 'memory', 'throw'])(
  'a worker that ends by %s takes only its own connections with it, and is replaced',
  async (how) => {
    const { port, url, server } = await serveProbe(path, {
      options: { workers: 2 },
      env: how === 'memory' ? { NODE_OPTIONS: '--max-old-space-size=64' } : {},
    })
    const before = new Set(childrenOf(server.pid))
    expect(before.size).toBe(2)
    const stop = startLoad(port)
    await wait(300)
    const victim = new RawClient(port)
    const fate = await victim.post('/die', { how })
    const diedAt = performance.now()
    expect(fate.kind).toBe('lost')
    const replacedMs = await untilReplaced(server.pid, before, url)
    await wait(300)
    const outcomes = await stop()
    // Half of the callers were on the other worker, and each lost connection had one request under way.
    const lost = outcomes.filter(({ kind }) => kind === 'lost').length
    expect(lost).toBeLessThan(clients)
    expect(outcomes.filter(({ kind }) => kind === 'refused')).toEqual([])
    const answered = outcomes.filter(({ kind }) => kind === 'answered')
    expect(answered.filter((each) => each.kind === 'answered' && each.status !== 200)).toEqual([])
    expect(answered.length).toBeGreaterThan(100)
    expect(replacedMs - diedAt).toBeLessThan(2000)
    // What was written to a connection that was reset a moment later may have been counted and not heard.
    const counted = await metric(
      url,
      /^bentoml_request_total\{.*endpoint="\/slow".*http_response_code="200"/,
    )
    expect(counted).toBeGreaterThanOrEqual(answered.length)
    expect(counted).toBeLessThanOrEqual(answered.length + lost)
  },
)

/** When two workers serve again, one of them new; `performance.now()` time. */
async function untilReplaced(
  pid: number,
  before: ReadonlySet<number>,
  url: string,
): Promise<number> {
  for (;;) {
    const fresh = childrenOf(pid).find((each) => !before.has(each))
    // Connections go round: of two workers that serve, each has every other.
    if (fresh !== undefined && (await call(url, 'pid')) === fresh) return performance.now()
    await wait(10)
  }
}

test('an endless loop ends with its worker once the loop has been silent too long', async () => {
  const { port, url, server } = await serveProbe(path, { options: { workers: 2 } })
  const before = new Set(childrenOf(server.pid))
  const stop = startLoad(port)
  const fate = new RawClient(port).post('/die', { how: 'loop' })
  await untilReplaced(server.pid, before, url)
  expect(await fate).toMatchObject({ kind: 'lost' })
  const outcomes = await stop()
  expect(outcomes.filter(({ kind }) => kind === 'lost').length).toBeLessThan(clients)
  expect(server.output()).toMatch(/died: hung: its event loop was silent for 10 s/)
})

test('a run that does not end in time ends with its worker', async () => {
  const { port, url, server } = await serveProbe(path, {
    options: { workers: 2, runTimeout: 1 },
  })
  const before = new Set(childrenOf(server.pid))
  const fate = new RawClient(port).post('/power', { size: 4000 })
  await untilReplaced(server.pid, before, url)
  expect(await fate).toMatchObject({ kind: 'lost' })
  expect(server.output()).toMatch(/died: hung: a run took longer than 1 s/)
})

test('a warm-up may take longer than a run', async () => {
  const { url, server } = await serveProbe(path, {
    options: { runTimeout: 1, apis: { power: { warmUps: [{ size: 2800 }] } } },
  })
  const [worker] = childrenOf(server.pid)
  expect(await call(url, 'pid')).toBe(worker)
  // As long as the supervisor takes to look at each worker again.
  await wait(2000)
  expect(childrenOf(server.pid)).toEqual([worker])
  expect(server.output()).not.toMatch(/died/)
})

test('a pause of the whole service ends no worker, and no run that it had under way', async () => {
  const { port, url, server } = await serveProbe(path, { options: { workers: 2, runTimeout: 8 } })
  const workers = childrenOf(server.pid)
  const signal = (name: NodeJS.Signals, pids: readonly number[]): void => {
    for (const pid of pids) process.kill(pid, name)
  }
  const run = new RawClient(port).post('/power', { size: 1800 })
  await wait(200)
  signal('SIGSTOP', [server.pid, ...workers])
  // Longer than a loop may be silent, and than a run may take.
  await wait(11_000)
  signal('SIGCONT', [server.pid])
  // Whoever thaws them does not do it all at once.
  await wait(1500)
  signal('SIGCONT', workers)
  expect(await run).toMatchObject({ kind: 'answered', status: 200 })
  await wait(1500)
  expect(childrenOf(server.pid)).toEqual(workers)
  expect(await call(url, 'pid')).toEqual(expect.any(Number))
  expect(server.output()).not.toMatch(/died/)
})

test('a promise that nobody handles ends nobody', async () => {
  const { url, server } = await serveProbe(path)
  const pid = await call(url, 'forget')
  expect(await call(url, 'pid')).toBe(pid)
  await server.printed(/nobody waits for this/)
})

test('says in its readiness why its workers cannot stay up, and serves again when they can', async () => {
  const file = join(await temporaryFolder(), 'die')
  const { url, server } = await serveProbe(path, { env: { DIE_AT_START: '1', DIE_FILE: file } })
  await writeFile(file, '')
  for (const pid of childrenOf(server.pid)) process.kill(pid, 'SIGKILL')
  const readiness = async (): Promise<[number, string]> => {
    try {
      const response = await fetch(`${url}/readyz`, { headers: { connection: 'close' } })
      return [response.status, await response.text()]
    } catch {
      // A worker that answers probes before it is ready takes them with it when it dies.
      return [0, '']
    }
  }
  let [status, text] = await readiness()
  while (!text.includes('cannot stay up')) {
    await wait(50)
    ;[status, text] = await readiness()
  }
  expect(status).toBe(503)
  expect(JSON.parse(text)).toMatchObject({
    code: 'NOT_READY',
    error: 'A worker cannot stay up: ended with code 7',
  })
  await rm(file)
  while (status !== 200) {
    await wait(50)
    ;[status] = await readiness()
  }
  expect(await call(url, 'pid')).toEqual(expect.any(Number))
})

test.each([
  ['maxRequests', { maxRequests: 50 }],
  ['maxWorkerRss', { maxWorkerRss: '300Mi' }],
] as const)('a worker over %s is replaced without a lost request', async (_name, options) => {
  const { port, url, server } = await serveProbe(path, { options: { workers: 2, ...options } })
  const before = new Set(childrenOf(server.pid))
  const stop = startLoad(port)
  if ('maxWorkerRss' in options) await call(url, 'grow', { megabytes: 300 })
  await untilReplaced(server.pid, before, url)
  await wait(3000)
  const outcomes = await stop()
  expect(outcomes.filter(({ kind }) => kind !== 'answered')).toEqual([])
  expect(server.output()).toMatch(/Worker \d is replaced: it (has had \d+ requests|uses \d+ MiB)/)
})
