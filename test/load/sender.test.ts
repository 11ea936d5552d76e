import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { pid } from 'node:process'
import { expect, test } from '@jest/globals'
import { openSender, type Sender } from '../../src/load/sender.ts'
import { readUsage } from '../../src/load/usage.ts'
import { describeWith } from '../describe-with.ts'

async function withServer(
  answer: RequestListener,
  use: (sender: Sender) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const sender = openSender({
    url: `http://127.0.0.1:${port}/base/`,
    route: '/classify',
    bodies: ['{"a":1}', '{"a":2}'],
    headers: { authorization: 'Bearer key' },
    timeoutMs: 200,
  })
  try {
    await use(sender)
  } finally {
    await sender.close()
    server.closeAllConnections()
    server.close()
  }
}

test('posts its bodies in turn, with the headers, below the path of the URL', async () => {
  const seen: string[] = []
  const answer: RequestListener = (request, response) => {
    request.on('data', (chunk) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${chunk}`)
    })
    request.on('end', () => response.end('[]'))
  }
  await withServer(answer, async (sender) => {
    const answers = [await sender.send(), await sender.send(), await sender.send()]
    expect(answers).toEqual([undefined, undefined, undefined])
  })
  const line = 'POST /base/classify Bearer key'
  expect(seen).toEqual([`${line} {"a":1}`, `${line} {"a":2}`, `${line} {"a":1}`])
})

test('names a refusal by its status and its code', async () => {
  const answer: RequestListener = (_request, response) => {
    response.writeHead(503).end('{"error":"full","code":"QUEUE_FULL"}')
  }
  await withServer(answer, async (sender) => {
    expect(await sender.send()).toBe('503 QUEUE_FULL')
  })
})

test('names an answer that does not come', async () => {
  await withServer(
    () => undefined,
    async (sender) => {
      expect(await sender.send()).toBe('timeout')
    },
  )
})

describeWith('on Linux', process.platform === 'linux' ? [] : ['/proc'], () => {
  test('reads what a process and its descendants use', async () => {
    const before = await readUsage(pid)
    const until = performance.now() + 300
    while (performance.now() < until) Math.sqrt(until)
    const after = await readUsage(pid)
    expect(after?.cpuMicros).toBeGreaterThan((before?.cpuMicros ?? 0) + 20_000)
    expect(after?.rssBytes).toBeGreaterThan(30e6)
  })

  test('knows nothing of a process that is not there', async () => {
    expect(await readUsage(2 ** 30)).toBeUndefined()
  })
})
