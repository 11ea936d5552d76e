import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Transport } from '../../src/registry/transport.ts'

test('an answer may wait to be read after its server has closed the connection', async () => {
  const bytes = Buffer.alloc(64 << 10, 'a')
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`,
      )
      socket.end(bytes)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on a port
  const { port } = server.address() as AddressInfo
  const transport = new Transport({ env: {}, isInsecure: true })
  const answer = await transport.send({ method: 'GET', url: new URL(`http://127.0.0.1:${port}/`) })
  await sleep(200)
  expect(Buffer.from(await answer.body.bytes()).equals(bytes)).toBe(true)
  await transport.close()
  server.close()
})
