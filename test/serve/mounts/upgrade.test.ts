import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { serveSource } from '../supervise/serve-source.ts'

const source = `
import { mount, service } from 'bentojs'
@service()
export class Echo {
  @mount('/raw')
  raw() {
    return {
      upgrade(request: { url: string }, socket: any, head: any) {
        socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: echo\\r\\nconnection: upgrade\\r\\n\\r\\n' + request.url + ' ')
        socket.unshift(head)
        socket.pipe(socket)
      },
    }
  }
}
`

test('passes through the processes of a real server, both ways', async () => {
  const { url } = await serveSource(source)
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  socket.write(
    'GET /raw/room HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nearly ',
  )
  while (!heard.includes('early ')) await new Promise((resolve) => setTimeout(resolve, 10))
  socket.write('later')
  while (!heard.includes('later')) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(heard).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n\/room early later$/)
  socket.end()
  await once(socket, 'close')
})
