import { connect, type Socket } from 'node:net'
import { beforeAll, expect, test } from '@jest/globals'
import { buildProbe, call, childrenOf, metric, rssOf, serveProbe, wait } from './probe.ts'
import { RawClient } from './raw-client.ts'

let path = ''
beforeAll(async () => {
  path = await buildProbe()
})

/** Opens so many connections, each of which sends `text`, if anything. */
async function openSockets(port: number, count: number, text: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let index = 0; index < count; index++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => socket.destroy())
    sockets.push(socket)
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
    if (text !== '') socket.write(text)
  }
  return sockets
}

test('answers within a second among two thousand idle and slow clients', async () => {
  const { port, url } = await serveProbe(path)
  const idle = await openSockets(port, 1000, '')
  const slow = await openSockets(port, 1000, 'POST /pid HTTP/1.1\r\nhost: x\r\ncontent-length: 100')
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('0')
  }, 500)
  // Two thousand connections at once take the supervisor a second to hand over; this one is behind them.
  await call(url, 'pid')
  let slowestMs = 0
  for (let round = 0; round < 30; round++) {
    const startedAt = performance.now()
    expect(await call(url, 'pid')).toEqual(expect.any(Number))
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    await wait(50)
  }
  clearInterval(drip)
  for (const socket of [...idle, ...slow]) socket.destroy()
  expect(slowestMs).toBeLessThan(1000)
})

test('answers probes in 50 ms at full load', async () => {
  const { port, url } = await serveProbe(path)
  const load = { isOn: true }
  const callers = Array.from({ length: 32 }, async () => {
    const client = new RawClient(port)
    while (load.isOn) await client.post('/double', { xs: [1, 2] })
    client.close()
  })
  await wait(300)
  const times: number[] = []
  for (let round = 0; round < 40; round++) {
    const startedAt = performance.now()
    const response = await fetch(`${url}/livez`)
    await response.text()
    times.push(performance.now() - startedAt)
    await wait(20)
  }
  load.isOn = false
  await Promise.all(callers)
  const median = times.toSorted((a, b) => a - b)[20]
  expect(median).toBeLessThan(50)
})

test('ten times too much leaves the memory flat, and what is refused is refused at once', async () => {
  const { port, url, server } = await serveProbe(path, {
    options: { traffic: { timeout: 1 }, apis: { double: { maxQueueSize: 64 } } },
  })
  const load = { isOn: true }
  const refusedMs: number[] = []
  const codes = new Set<string | undefined>()
  let answered = 0
  // 8 rows in 20 ms are 400 a second. Each of 100 callers asks for 8, again as soon as it has an answer.
  const callers = Array.from({ length: 100 }, async () => {
    const client = new RawClient(port)
    while (load.isOn) {
      const startedAt = performance.now()
      const outcome = await client.post('/double', { xs: [1, 2, 3, 4, 5, 6, 7, 8] })
      if (outcome.kind !== 'answered') throw new Error(`A request was ${outcome.kind}`)
      if (outcome.status === 200) answered++
      else {
        codes.add(/"code":"(\w+)"/.exec(outcome.body)?.[1])
        refusedMs.push(performance.now() - startedAt)
        await wait(20)
      }
    }
    client.close()
  })
  await wait(3000)
  const early = rssOf(server.pid)
  await wait(9000)
  const late = rssOf(server.pid)
  load.isOn = false
  await Promise.all(callers)
  // It goes on answering; how fast is for bench/ to say.
  expect(answered).toBeGreaterThan(60)
  expect(['QUEUE_FULL', 'PREDICTED_LATE']).toEqual(expect.arrayContaining([...codes]))
  expect(refusedMs.length).toBeGreaterThan(5 * answered)
  const usual = refusedMs.toSorted((a, b) => a - b)[refusedMs.length >> 1] ?? Infinity
  expect(usual).toBeLessThan(50)
  expect(late - early).toBeLessThan(30 * 2 ** 20)
  expect(await call(url, 'pid')).toEqual(expect.any(Number))
})

test('does not compute for clients that have left', async () => {
  const { port, url } = await serveProbe(path)
  // The first batch runs for 20 ms with the first rows; the others wait, and leave.
  const clients = Array.from({ length: 200 }, () => new RawClient(port))
  const outcomes = clients.map((client) => client.post('/double', { xs: [1, 2, 3, 4] }))
  await wait(60)
  for (const client of clients) client.close()
  void Promise.allSettled(outcomes)
  await wait(1000)
  const seen: unknown = await call(url, 'seen')
  // All would be 800 rows, and a second and a half of batches.
  const rows = Number(Reflect.get(Object(seen), 'rows'))
  expect(rows).toBeLessThan(200)
  expect(rows).toBeGreaterThan(0)
})

test('never has more under way than traffic.maxConcurrency over all workers, and refuses only then', async () => {
  const { port, url, server } = await serveProbe(path, {
    options: { workers: 2, traffic: { timeout: 20, maxConcurrency: 10 } },
  })
  expect(childrenOf(server.pid)).toHaveLength(2)
  const clients = Array.from({ length: 30 }, () => new RawClient(port))
  const outcomes = await Promise.all(clients.map((client) => client.post('/slow', { ms: 1500 })))
  for (const client of clients) client.close()
  const statuses = outcomes.map((outcome) => (outcome.kind === 'answered' ? outcome.status : 0))
  expect(statuses.filter((status) => status === 200)).toHaveLength(10)
  expect(statuses.filter((status) => status === 429)).toHaveLength(20)
  expect(await metric(url, /^bentoml_request_total\{.*http_response_code="429"/)).toBe(20)
})
