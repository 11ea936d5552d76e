import { WebSocket } from 'undici'
import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import { interrupted } from '../rest-api.ts'
import type { SocketAddress } from './cloud-api.ts'

export interface SocketOptions {
  /** Sent once it is open. */
  readonly first?: object
  readonly signal?: AbortSignal | undefined
}

/** As often as BentoML's own client shows that it is there. */
const heartbeatMs = 5000

/** What BentoCloud sends over a WebSocket, message by message, until it ends. Throws what it calls an error. */
export async function* readSocket(
  address: SocketAddress,
  { first, signal }: SocketOptions,
): AsyncGenerator {
  const socket = new WebSocket(address.url, { headers: address.headers })
  const stop = (): void => socket.close()
  signal?.addEventListener('abort', stop)
  const beat = setInterval(() => say(socket, { type: 'heartbeat' }), heartbeatMs)
  socket.addEventListener('open', () => first !== undefined && say(socket, first))
  try {
    for await (const text of messagesOf(socket)) yield partOf(text)
  } catch (cause) {
    throw signal?.aborted === true ? interrupted(cause) : cutOff(address, cause)
  } finally {
    clearInterval(beat)
    signal?.removeEventListener('abort', stop)
    socket.close()
  }
  if (signal?.aborted === true) throw interrupted()
}

function say(socket: WebSocket, message: object): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
}

function messagesOf(socket: WebSocket): ReadableStream<string> {
  let isOver = false
  const over = (end: () => void): void => {
    if (!isOver) end()
    isOver = true
  }
  return new ReadableStream({
    start(controller) {
      socket.addEventListener('message', ({ data }) => !isOver && controller.enqueue(String(data)))
      socket.addEventListener('error', ({ error, message }) =>
        over(() => controller.error(error ?? new Error(message))),
      )
      socket.addEventListener('close', ({ code }) =>
        over(() => (code === broken ? controller.error(gone()) : controller.close())),
      )
    },
    // Whoever reads has enough.
    cancel: () => over(() => socket.close()),
  })
}

// RFC 6455: no close frame came.
const broken = 1006

function gone(): Error {
  return new Error('the connection broke')
}

function partOf(text: string): unknown {
  const message: unknown = JSON.parse(text)
  if (textAt(message, 'type') !== 'error') return message
  const why = textAt(message, 'message') ?? 'it does not say why'
  throw new BentoError('DEPLOY_REFUSED', `BentoCloud refused the log: ${why}`, {
    hint: 'Look at its console, and try again.',
  })
}

function cutOff({ url }: SocketAddress, cause: unknown): unknown {
  if (isBentoError(cause)) return cause
  return new BentoError(
    'DEPLOY_UNREACHABLE',
    `The log of BentoCloud at ${url.host} is cut off: ${messageOf(cause)}`,
    { hint: 'Check the network and the login, and try again.', cause },
  )
}
