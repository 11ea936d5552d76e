import { once } from 'node:events'
import { createServer } from 'node:net'
import { messageOf } from '../../errors.ts'
import { type Check, ok, warning } from '../check.ts'

export const port: Check = {
  name: 'port',
  async run({ env }) {
    const wanted = Number(env['BENTO_PORT'] ?? 3000)
    const host = env['BENTO_HOST'] ?? '127.0.0.1'
    const server = createServer().listen(wanted, host)
    try {
      await once(server, 'listening')
      return [ok(`Port ${wanted} of ${host} is free`)]
    } catch (thrown) {
      return [
        warning(
          `Port ${wanted} cannot be served on: ${messageOf(thrown)}`,
          'Serve on another, as `bento serve --port 8080`, or set BENTO_PORT.',
        ),
      ]
    } finally {
      server.close()
    }
  },
}
