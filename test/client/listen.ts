import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach } from '@jest/globals'
import type { App } from '../../src/serve/app.ts'
import { NodeServer } from '../../src/serve/http/node-server.ts'
import { memoryStream } from '../log/memory-stream.ts'

const open: { acceptor: Server; server: NodeServer; app: App }[] = []

afterEach(async () => {
  for (const { acceptor, server, app } of open.splice(0)) {
    acceptor.close()
    await server.drain(20)
    await app.close()
  }
})

/** Without the log: what goes wrong here goes wrong on purpose. */
export const quietly = { logStream: memoryStream() }

/** The URL at which an app answers, over a socket, until the test ends. */
export async function listen(app: App): Promise<string> {
  const limits = {
    maxBodySize: 10_000_000,
    headersTimeout: 10,
    requestTimeout: 300,
    keepAliveTimeout: 75,
  }
  const server = new NodeServer(app, limits)
  const acceptor = createServer({ pauseOnConnect: true }, (socket) => server.accept(socket))
  acceptor.listen(0, '127.0.0.1')
  await once(acceptor, 'listening')
  open.push({ acceptor, server, app })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  return `http://127.0.0.1:${(acceptor.address() as AddressInfo).port}`
}
