import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { BentoError } from '../../errors.ts'
import type { App, AppRequest, AppResponse } from '../app.ts'
import { errorResponse } from './responses.ts'

// Longer than the 60 s of common load balancers, so that they close idle connections and not we.
const keepAliveMs = 75_000
const headersMs = 10_000
const bodyLimitBytes = 64 * 1024 * 1024
const drainCheckMs = 20

/** node:http over an app. Its connections come from the supervisor, or from `listen` of the server itself. */
export class NodeServer {
  readonly #app: App
  readonly #server: Server
  /** Requests under way on each connection. */
  readonly #sockets = new Map<Socket, number>()
  #isDraining = false

  constructor(app: App) {
    this.#app = app
    this.#server = createServer({
      keepAliveTimeout: keepAliveMs,
      headersTimeout: headersMs,
      noDelay: true,
    })
    this.#server.on('request', (request, response) => this.#receive(request, response))
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.set(socket, 0)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    // node:http starts watching for slow clients when it listens. This server never does: the supervisor accepts.
    this.#server.emit('listening')
  }

  /** Takes a connection that another process accepted. */
  accept(socket: Socket): void {
    this.#server.emit('connection', socket)
    socket.resume()
  }

  /**
   * Answers what is under way, and what arrives on open connections within `lastCallMs`, asking each client to close;
   * then closes the rest.
   */
  async drain(lastCallMs: number): Promise<void> {
    this.#isDraining = true
    await wait(lastCallMs)
    while (this.#sockets.size > 0) {
      // Not closeIdleConnections: it leaves alone what has never sent a byte, as a browser's spare connection.
      for (const [socket, requests] of this.#sockets) if (requests === 0) socket.destroy()
      await wait(drainCheckMs)
    }
  }

  #track({ socket }: IncomingMessage, response: ServerResponse): void {
    const move = (by: number): void => {
      const requests = this.#sockets.get(socket)
      if (requests !== undefined) this.#sockets.set(socket, requests + by)
    }
    move(1)
    response.once('close', () => move(-1))
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { method } = request
    this.#track(request, response)
    if (method === 'GET' || method === 'HEAD') {
      this.#answer(request, response, noBody)
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= bodyLimitBytes) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => {
      if (size > bodyLimitBytes) this.#send(response, errorResponse(tooLarge()))
      else this.#answer(request, response, join(chunks))
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    this.#app.handle(new NodeRequest(request, response, body)).then(
      (answer) => this.#send(response, answer),
      (error: unknown) => this.#send(response, errorResponse(error)),
    )
  }

  #send(response: ServerResponse, answer: AppResponse): void {
    if (this.#isDraining) response.setHeader('connection', 'close')
    if (Buffer.isBuffer(answer.body)) {
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
      return
    }
    void pipe(response, answer, answer.body)
  }
}

const noBody = Buffer.alloc(0)

function join(chunks: readonly Buffer[]): Buffer {
  const [first = noBody] = chunks
  return chunks.length > 1 ? Buffer.concat(chunks) : first
}

async function pipe(
  response: ServerResponse,
  answer: AppResponse,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  response.writeHead(answer.status, answer.headers)
  try {
    for await (const chunk of body) response.write(chunk)
    response.end()
  } catch {
    // The status has gone out: cutting the connection is the only way left to say that the answer is not whole.
    response.destroy()
  }
}

function tooLarge(): BentoError {
  return new BentoError('BODY_TOO_LARGE', `The body is larger than ${bodyLimitBytes} bytes`)
}

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

/** Made for every request, so that what few requests ask for is made when it is asked for. */
class NodeRequest implements AppRequest {
  readonly method: string
  readonly path: string
  readonly body: Buffer
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #abort: AbortController | undefined

  constructor(request: IncomingMessage, response: ServerResponse, body: Buffer) {
    this.method = request.method ?? 'GET'
    this.path = request.url ?? '/'
    this.body = body
    this.#request = request
    this.#response = response
  }

  get headers(): AppRequest['headers'] {
    return this.#request.headers
  }

  get remote(): string {
    const { remoteAddress = '_', remotePort = 0 } = this.#request.socket
    return `${remoteAddress}:${remotePort}`
  }

  readonly isGone = (): boolean => this.#response.closed || this.#request.socket.destroyed

  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal
    const abort = new AbortController()
    this.#abort = abort
    if (this.isGone()) abort.abort()
    else this.#response.once('close', () => this.#response.writableFinished || abort.abort())
    return abort.signal
  }
}
