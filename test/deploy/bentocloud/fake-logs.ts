import { WebSocketServer } from 'ws'
import type { FakeCloud } from './fake-cloud.ts'

export interface FakeLogs {
  /** Addresses and first words of those who came, with the token that they showed. */
  readonly asked: { readonly url: string; readonly token: unknown; readonly said?: object }[]
  pods: readonly object[]
  /** Messages of the log of a pod, or its sudden end. */
  tail: (pod: string) => readonly object[] | 'broken'
}

export function podOf(name: string, labels: object = {}): object {
  return { name, namespace: 'yatai', labels, runner_name: '' }
}

/** A message with lines, as BentoCloud sends them. */
export function linesOf(...lines: readonly string[]): object {
  const items = lines.map((line) => Buffer.from(line).toString('base64'))
  return { type: 'success', message: null, payload: { type: 'append', items } }
}

export const end = { type: 'success', message: 'EOF', payload: null }

/** The WebSockets of BentoCloud, as BentoML's own client knows them. */
export function fakeLogs(cloud: FakeCloud): FakeLogs {
  const logs: FakeLogs = { asked: [], pods: [], tail: () => [end] }
  const server = new WebSocketServer({ noServer: true })
  cloud.onUpgrade((request, socket, head) => {
    const { url = '', headers } = request
    const token = headers['x-yatai-api-token']
    server.handleUpgrade(request, socket, head, (client) => {
      const { pathname, searchParams } = new URL(url, 'http://x')
      if (pathname.endsWith('/pods')) {
        logs.asked.push({ url, token })
        client.send(JSON.stringify({ type: 'success', message: '', payload: logs.pods }))
        return
      }
      client.on('message', (data: Buffer) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is compared in the tests
        const said = JSON.parse(data.toString()) as { readonly type: string }
        if (said.type !== 'data') return
        logs.asked.push({ url, token, said })
        const messages = logs.tail(searchParams.get('pod_name') ?? '')
        if (messages === 'broken') client.terminate()
        else for (const message of messages) client.send(JSON.stringify(message))
      })
    })
  })
  return logs
}
