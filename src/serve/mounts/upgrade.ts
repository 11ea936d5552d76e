import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** A request to speak another protocol on its connection. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What the client has said already in the other protocol. */
  readonly head: Buffer
}

/**
 * Takes an upgrade back that nobody here speaks: the request is put before what follows it on the connection, without
 * the wish, to be read again as any other (RFC 9110, 7.8).
 */
export function ignoreUpgrade({ request, socket, head }: Upgrade): void {
  const { method = 'GET', url = '/', rawHeaders } = request
  let text = `${method} ${url} HTTP/1.1\r\n`
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    const wish = ['upgrade', 'connection', 'http2-settings'].includes(name.toLowerCase())
    if (!wish) text += `${name}: ${rawHeaders[at + 1] ?? ''}\r\n`
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]))
}
