import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { temporaryFolder } from '../../temporary-folder.ts'

const servers: Server[] = []

afterAll(() => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})

export interface FakeAnswer {
  readonly status?: number
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown
  /** After the body: more comes, or the connection breaks. */
  readonly end?: 'open' | 'broken'
  /** It comes when this resolves. */
  readonly after?: Promise<void>
}

const absent: FakeAnswer = {
  status: 404,
  body: { details: { name: 'x' }, message: 'not found' },
}

/** A kubeconfig of a server that answers what it is told: for what a simulated node cannot do, as logs. */
export async function fakeApi(answer: (url: URL) => FakeAnswer | undefined): Promise<string> {
  const server = createServer(async (request, response) => {
    const {
      status = 200,
      body,
      end,
      after,
    } = answer(new URL(request.url ?? '/', 'http://x')) ?? absent
    await after
    const isText = typeof body === 'string'
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' })
    const written = isText ? body : JSON.stringify(body)
    if (end === undefined) response.end(written)
    else response.write(written, () => end === 'broken' && response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has no other address
  const { port } = server.address() as AddressInfo
  const file = join(await temporaryFolder(), 'config')
  const config = {
    'current-context': 'fake',
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    clusters: [{ name: 'fake', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'fake', user: { token: 'x' } }],
  }
  await writeFile(file, JSON.stringify(config))
  return file
}
