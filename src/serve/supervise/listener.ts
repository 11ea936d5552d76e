import { createServer, type Server, type Socket } from 'node:net'
import { BentoError, isSystemError } from '../../errors.ts'
import { nextTurn } from '../../lib/functions.ts'

// Connections that wait for a worker; as many as the kernel's backlog would hold.
const mostWaiting = 2048
// Clients that never stop coming must not keep it open.
const mostTurns = 1000
const shortTurnMs = 0.2
// The first turn may be what is left of the present one, in which the kernel is not asked again.
const quietTurns = 3

/** Gives a connection to somebody; false when nobody can take it now. */
export type Dispatch = (socket: Socket) => boolean

export interface ListenerOptions {
  /** What the user changes to have it elsewhere. */
  readonly setting: string
  readonly host: string
  readonly port: number
  /** Whoever is given its connections speaks TLS on them. */
  readonly isSecure?: boolean
  /** Open connections, over all workers; more are closed at once. */
  readonly maxConnections: number
}

/**
 * The listening socket. The supervisor has it, so that it is bound once for the life of the service: workers come
 * and go, and connections that arrive while there is none wait instead of being refused.
 */
export class Listener {
  readonly #server: Server
  readonly #host: string
  readonly #scheme: 'http' | 'https'
  readonly #maxConnections: number
  // Until there are workers, connections wait.
  #dispatch: Dispatch = () => false
  #waiting: Socket[] = []
  #open = 0
  #refused = 0
  #accepted = 0
  #isClosed = false
  #emptied: (() => void) | undefined

  private constructor(server: Server, { host, isSecure, maxConnections }: ListenerOptions) {
    this.#server = server
    this.#host = host
    this.#scheme = isSecure ? 'https' : 'http'
    this.#maxConnections = maxConnections
    server.on('connection', (socket: Socket) => this.#accept(socket))
  }

  /** Throws PORT_IN_USE or LISTEN_FAILED. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const { host, port } = options
    // Paused: a byte read here would be lost to the worker.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(toListenError(error, options)))
      server.listen({ host, port, backlog: mostWaiting }, resolve)
    })
    return new Listener(server, options)
  }

  start(dispatch: Dispatch): void {
    this.#dispatch = dispatch
    this.flush()
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  /** As a browser on this machine reaches it. */
  get url(): string {
    const host = this.#host
    const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
    return `${this.#scheme}://${shown.includes(':') ? `[${shown}]` : shown}:${this.port}`
  }

  /** Gives it to somebody, now or as soon as there is somebody. */
  offer(socket: Socket): void {
    if (this.#dispatch(socket)) return
    if (this.#waiting.length < mostWaiting) this.#waiting.push(socket)
    else this.#drop(socket)
  }

  /** A worker can take connections now: those that wait go first. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const socket of waiting) this.offer(socket)
    if (this.#waiting.length === 0) this.#emptied?.()
  }

  /** So many connections have ended, where they were given to. */
  release(count: number): void {
    this.#open -= count
  }

  /** How many connections were refused since the last call, because there were too many. */
  takeRefused(): number {
    const refused = this.#refused
    this.#refused = 0
    return refused
  }

  /** Refuses new connections. Resolves when each that was accepted is with somebody. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#acceptAll()
    this.#server.close()
    if (this.#waiting.length === 0) return
    await new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
  }

  /** Closes what still waits. */
  abort(): void {
    this.#isClosed = true
    this.#server.close()
    for (const socket of this.#waiting.splice(0)) this.#drop(socket)
    this.#emptied?.()
  }

  /**
   * Closing resets what the kernel has connected and nobody has accepted. The event loop accepts all that is there in
   * one turn; after short turns in which nothing came, hardly anything can have come since.
   */
  async #acceptAll(): Promise<void> {
    let quiet = 0
    for (let turn = 0; turn < mostTurns && quiet < quietTurns; turn++) {
      const accepted = this.#accepted
      const startedAt = performance.now()
      await nextTurn()
      const isQuiet = this.#accepted === accepted && performance.now() - startedAt < shortTurnMs
      quiet = isQuiet ? quiet + 1 : 0
    }
  }

  #accept(socket: Socket): void {
    this.#accepted++
    socket.on('error', () => socket.destroy())
    this.#open++
    if (this.#open <= this.#maxConnections) {
      this.offer(socket)
      return
    }
    this.#refused++
    this.#drop(socket)
  }

  #drop(socket: Socket): void {
    this.#open--
    socket.destroy()
  }
}

function toListenError(error: Error, { host, port, setting }: ListenerOptions): BentoError {
  if (isSystemError(error, 'EADDRINUSE')) {
    return new BentoError('PORT_IN_USE', `Port ${port} of ${host} is in use`, {
      hint: `Stop what listens there, or choose another port with ${setting}.`,
      cause: error,
    })
  }
  return new BentoError('LISTEN_FAILED', `Cannot listen on ${host}:${port}: ${error.message}`, {
    hint: `Check ${setting}.`,
    cause: error,
  })
}
