import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ignore } from '../../lib/functions.ts'
import type { AppResponse } from '../app.ts'

/** Answers on a connection that node:http has let go of, and closes it. */
export function endWith(socket: Duplex, { status, headers, body }: AppResponse): void {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  socket.on('error', ignore)
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`)
  socket.end(Buffer.isBuffer(body) ? body : '')
}
