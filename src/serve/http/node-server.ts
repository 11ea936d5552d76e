import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type BentoError, isSystemError } from '../../errors.ts'
import { nextTurn } from '../../lib/functions.ts'
import type { App, AppResponse } from '../app.ts'
import { ignoreUpgrade, type Upgrade } from '../mounts/upgrade.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'
import { Connection } from './connection.ts'
import { createServer, type HttpLimits } from './create-server.ts'
import { expectedBody } from './expected-body.ts'
import { NodeRequest } from './node-request.ts'
import { hostless, isHostless, type ParseError, refusalOf } from './not-http.ts'
import { originForm } from './origin-form.ts'
import { endWith } from './raw-response.ts'
import {
  declaresTooMuch,
  isStreamed,
  noBody,
  readBody,
  type Received,
  streamBody,
  tooLarge,
  unreadable,
} from './request-body.ts'
import { errorResponse } from './responses.ts'
import { sendStream } from './send-stream.ts'
import { endBody } from './stream-response.ts'

const drainCheckMs = 20
// A connection that is closed while its client still sends is reset, and the client would never see why.
const lingerMs = 2000
// Node joins the head of an answer with a body that is a string, up to what it writes from the stack; beside a buffer it
// writes two pieces, which takes 5 % more CPU a request. Latin-1 is bytes as they are.
const stringBytes = 8192

/** node:http over an app, within TLS where there are settings for it. Its connections come from the supervisor. */
export class NodeServer {
  readonly #app: App
  readonly #server: Server
  readonly #maxBodySize: number
  readonly #connections = new Map<Duplex, Connection>()
  /** Those that TLS is or will be spoken on. */
  readonly #raw = new Set<Socket>()
  #isDraining = false
  #requests = 0

  constructor(app: App, limits: HttpLimits, tls?: TlsSettings) {
    this.#app = app
    this.#maxBodySize = limits.maxBodySize
    this.#server = createServer(app, limits, tls)
    this.#server.on('request', (request, response) => this.#receive(request, response))
    this.#server.on('checkContinue', (request, response) => this.#expect(request, response))
    // Of whatever else a client may expect, nothing is promised (RFC 9110, 10.1.1).
    this.#server.on('checkExpectation', (request, response) => this.#receive(request, response))
    this.#server.on('clientError', (error: ParseError, socket) => this.#break(error, socket))
    if (app.upgrade) {
      this.#server.on('upgrade', (request, socket, head) =>
        this.#upgrade({ request, socket, head }),
      )
    }
    if (tls) this.#server.on('connection', (socket: Socket) => this.#expectHandshake(socket))
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      // Asked once, a socket remembers: the log names who left, too.
      void socket.remoteAddress
      this.#connections.set(socket, new Connection(socket))
      socket.once('close', () => this.#connections.delete(socket))
    })
    // node:http starts watching for slow clients when it listens. This server never does: the supervisor accepts.
    this.#server.emit('listening')
  }

  /** How many requests have come, since the start. */
  get requests(): number {
    return this.#requests
  }

  /** Takes a connection that another process accepted. */
  accept(socket: Socket): void {
    this.#server.emit('connection', socket)
    socket.resume()
  }

  /**
   * Answers what is under way, and what arrives on open connections within `lastCallMs`, asking each client to close;
   * then closes what is idle for as long.
   */
  async drain(lastCallMs: number): Promise<void> {
    this.#isDraining = true
    const startedAt = performance.now()
    for (const connection of this.#connections.values()) connection.idleSince = startedAt
    while (this.#connections.size + this.#raw.size > 0) {
      await wait(drainCheckMs)
      // Right after the event loop has read what arrived: a request that is here already is not idleness.
      await nextTurn()
      this.#closeIdle(lastCallMs)
      if (performance.now() - startedAt >= lastCallMs) this.#closeSilent()
    }
  }

  // Not closeIdleConnections: it leaves alone what has never sent a byte, as a browser's spare connection.
  #closeIdle(lastCallMs: number): void {
    const now = performance.now()
    for (const connection of this.#connections.values()) {
      if (connection.idleMs(now) >= lastCallMs) connection.socket.destroy()
    }
  }

  #expectHandshake(socket: Socket): void {
    this.#raw.add(socket)
    socket.once('close', () => this.#raw.delete(socket))
  }

  /** Once a client has begun its handshake there is a bound on that, and then a connection of its own. */
  #closeSilent(): void {
    for (const socket of this.#raw) if (socket.bytesRead === 0) socket.destroy()
  }

  #track(request: IncomingMessage, response: ServerResponse): void {
    this.#requests++
    const { socket } = request
    const connection = this.#connections.get(socket)
    if (!connection) return
    connection.begin(request, response)
    response.once('close', () => {
      connection.end(response)
      if (connection.error) this.#break(connection.error, socket)
      if (this.#isDraining) connection.idleSince = performance.now()
    })
  }

  /** What has come is no HTTP, or does not come on. The client hears so after the answers that it is still owed. */
  #break(error: ParseError, socket: Duplex): void {
    const connection = this.#connections.get(socket)
    if (!connection || !socket.writable || isSystemError(error, 'ECONNRESET')) {
      socket.destroy()
      return
    }
    connection.error = error
    if (connection.owed > 0) return
    if (connection.isAnswered) socket.destroy()
    else endAndLinger(socket, errorResponse(refusalOf(error)))
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { method } = request
    this.#track(request, response)
    request.url = originForm(request.url)
    if (isHostless(request)) sendAndLinger(request, response, errorResponse(hostless()))
    else if (this.#app.takesOver?.(request.url)) this.#handOver(request, response)
    else if (method === 'GET' || method === 'HEAD') this.#answer(request, response, noBody)
    else if (isStreamed(request)) {
      this.#stream(request, response, streamBody(request, this.#maxBodySize))
    } else readBody(request, this.#maxBodySize, this.#receiver(request, response))
  }

  #handOver(request: IncomingMessage, response: ServerResponse): void {
    this.#reply(response, this.#app.handle(new NodeRequest(request, response, request)))
  }

  /** What nobody takes over is a request like any other. */
  #upgrade(upgrade: Upgrade): void {
    const { request, socket } = upgrade
    const asked = new NodeRequest(request, new ServerResponse(request), noBody)
    if (this.#app.upgrade?.(asked, upgrade)) return
    ignoreUpgrade(upgrade)
    this.#server.emit('connection', socket)
  }

  /** The client waits for a word before it sends its body. */
  #expect(request: IncomingMessage, response: ServerResponse): void {
    request.url = originForm(request.url)
    if (this.#app.takesOver?.(request.url)) {
      response.writeContinue()
      this.#receive(request, response)
      return
    }
    this.#track(request, response)
    const ask = (): void => response.writeContinue()
    this.#stream(request, response, expectedBody(request, this.#maxBodySize, ask))
  }

  #receiver(request: IncomingMessage, response: ServerResponse): Received {
    return (body) => {
      if (Buffer.isBuffer(body)) this.#answer(request, response, body)
      else this.#refuse(request, response, body)
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    this.#reply(response, this.#app.handle(new NodeRequest(request, response, body)))
  }

  #reply(response: ServerResponse, answer: Promise<AppResponse>): void {
    answer
      .then((given) => this.#send(response, given))
      .catch((error: unknown) => this.#send(response, errorResponse(error)))
  }

  #stream(
    request: IncomingMessage,
    response: ServerResponse,
    body: AsyncIterable<Uint8Array>,
  ): void {
    if (declaresTooMuch(request, this.#maxBodySize)) {
      this.#refuse(request, response, tooLarge(this.#maxBodySize))
      return
    }
    const send = (answer: AppResponse): void => {
      if (request.complete || !Buffer.isBuffer(answer.body)) this.#send(response, answer)
      else sendAndLinger(request, response, answer)
    }
    this.#app
      .handle(new NodeRequest(request, response, body))
      .then(send, (error: unknown) => send(errorResponse(error)))
  }

  /** A body that cannot be read is the app's to answer: it counts and logs every answer. */
  #refuse(request: IncomingMessage, response: ServerResponse, error: BentoError): void {
    this.#app.handle(new NodeRequest(request, response, unreadable(error))).then(
      (answer) => sendAndLinger(request, response, answer),
      (failure: unknown) => sendAndLinger(request, response, errorResponse(failure)),
    )
  }

  #send(response: ServerResponse, { status, headers, cookies, body, isSent }: AppResponse): void {
    if (isSent) return
    if (this.#isDraining) response.setHeader('connection', 'close')
    if (cookies) response.setHeader('set-cookie', cookies)
    response.writeHead(status, headers)
    if (!Buffer.isBuffer(body)) void sendStream(response, body)
    else if (body.length > stringBytes) response.end(body)
    else response.end(body.toString('latin1'), 'latin1')
  }
}

/**
 * Answers at once, and closes when the client has sent the rest, which nobody reads, or has had its time. The length
 * tells the client where the answer ends.
 */
function sendAndLinger(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: AppResponse,
): void {
  request.resume()
  response.setHeader('connection', 'close')
  response.writeHead(status, headers)
  if (Buffer.isBuffer(body)) response.write(body)
  else endBody(body)
  if (request.complete || response.closed) {
    response.end()
    return
  }
  const timer = setTimeout(() => response.end(), lingerMs)
  request.once('end', () => response.end())
  response.once('close', () => clearTimeout(timer))
}

/** A connection that node:http has given up, and whose client may be sending still. */
function endAndLinger(socket: Duplex, answer: AppResponse): void {
  endWith(socket, answer)
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
}

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
