import { createServer, type Server, type Socket } from 'node:net'
import { BentoError, isSystemError } from '../../errors.ts'

// Connections that wait for a worker; as many as the kernel's backlog would hold.
const mostWaiting = 2048

/** Gives a connection to somebody; false when nobody can take it now. */
export type Dispatch = (socket: Socket) => boolean

/**
 * The listening socket. The supervisor has it, so that it is bound once for the life of the service: workers come
 * and go, and connections that arrive while there is none wait instead of being refused.
 */
export class Listener {
  readonly #server: Server
  // Until there are workers, connections wait.
  #dispatch: Dispatch = () => false
  #waiting: Socket[] = []
  #isClosed = false

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => socket.destroy())
      this.offer(socket)
    })
  }

  /** Throws PORT_IN_USE or LISTEN_FAILED. */
  static async open(host: string, port: number): Promise<Listener> {
    // Paused: a byte read here would be lost to the worker.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(toListenError(error, host, port)))
      server.listen({ host, port, backlog: mostWaiting }, resolve)
    })
    return new Listener(server)
  }

  start(dispatch: Dispatch): void {
    this.#dispatch = dispatch
    this.flush()
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  offer(socket: Socket): void {
    if (!this.#isClosed && this.#dispatch(socket)) return
    if (!this.#isClosed && this.#waiting.length < mostWaiting) this.#waiting.push(socket)
    else socket.destroy()
  }

  /** A worker can take connections now: those that wait go first. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const socket of waiting) this.offer(socket)
  }

  /** Refuses new connections. */
  close(): void {
    this.#isClosed = true
    this.#server.close()
    for (const socket of this.#waiting.splice(0)) socket.destroy()
  }
}

function toListenError(error: Error, host: string, port: number): BentoError {
  if (isSystemError(error, 'EADDRINUSE')) {
    return new BentoError('PORT_IN_USE', `Port ${port} of ${host} is in use`, {
      hint: `Stop what listens there, or choose another port with \`--port\`.`,
      cause: error,
    })
  }
  return new BentoError('LISTEN_FAILED', `Cannot listen on ${host}:${port}: ${error.message}`, {
    hint: 'Check `--host` and `--port`.',
    cause: error,
  })
}
