import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { HttpLimits } from '../../../src/serve/http/create-server.ts'
import { NodeServer } from '../../../src/serve/http/node-server.ts'
import { appOf, type AppOfOptions } from '../app-of.ts'

export interface ServedApp {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const defaults: HttpLimits = {
  maxBodySize: 1_000_000,
  headersTimeout: 10,
  requestTimeout: 300,
  keepAliveTimeout: 75,
}

/** A service class on a socket of its own, in this process. */
export async function serveApp(
  Service: unknown,
  limits: Partial<HttpLimits> = {},
  options: AppOfOptions = {},
): Promise<ServedApp> {
  const app = await appOf(Service, options)
  const server = new NodeServer(app, { ...defaults, ...limits })
  const acceptor = createServer({ pauseOnConnect: true }, (socket) => server.accept(socket))
  acceptor.listen(0, '127.0.0.1')
  await once(acceptor, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  const { port } = acceptor.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      acceptor.close()
      await server.drain(0)
      await app.close()
    },
  }
}
