import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { ServeOptions } from '../../config/service-options.ts'
import type { BentoError } from '../../errors.ts'
import type { App, AppResponse } from '../app.ts'
import { ignoreUpgrade, type Upgrade } from '../mounts/upgrade.ts'
import { type TlsSettings, toTlsOptions } from '../tls/tls-settings.ts'
import { NodeRequest } from './node-request.ts'
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

/** What a connection may take; times in seconds. */
export type HttpLimits = Pick<
  ServeOptions['http'],
  'maxBodySize' | 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout'
>

const drainCheckMs = 20
// A connection that is closed while its client still sends is reset, and the client would never see why.
const lingerMs = 2000
// Node joins the head of an answer with a body that is a string, up to what it writes from the stack; beside a buffer it
// writes two pieces, which takes 5 % more CPU a request. Latin-1 is bytes as they are.
const stringBytes = 8192
// Slow clients are looked for this often, at most; node's own 30 s would make any timeout below it a rough guess.
const timeoutCheckMs = 1000

/** node:http over an app, within TLS where there are settings for it. Its connections come from the supervisor. */
export class NodeServer {
  readonly #app: App
  readonly #server: Server
  readonly #maxBodySize: number
  readonly #connections = new Map<Socket, Connection>()
  /** Those that TLS is or will be spoken on. */
  readonly #raw = new Set<Socket>()
  #isDraining = false
  #requests = 0

  constructor(app: App, limits: HttpLimits, tls?: TlsSettings) {
    this.#app = app
    this.#maxBodySize = limits.maxBodySize
    const options = {
      keepAliveTimeout: limits.keepAliveTimeout * 1000,
      headersTimeout: Math.min(limits.headersTimeout, limits.requestTimeout) * 1000,
      requestTimeout: limits.requestTimeout * 1000,
      connectionsCheckingInterval: Math.min(timeoutCheckMs, limits.headersTimeout * 250),
      noDelay: true,
      ...askBeforeUpgrade(app),
    }
    this.#server = tls ? secureServer(options, tls) : createServer(options)
    this.#server.on('request', (request, response) => this.#receive(request, response))
    this.#server.on('checkContinue', (request, response) => this.#expect(request, response))
    if (app.upgrade) {
      this.#server.on('upgrade', (request, socket, head) =>
        this.#upgrade({ request, socket, head }),
      )
    }
    if (tls) this.#server.on('connection', (socket: Socket) => this.#expectHandshake(socket))
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#connections.set(socket, { requests: 0, idleSince: performance.now(), bytesRead: 0 })
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
      await afterReading()
      this.#closeIdle(lastCallMs)
      if (performance.now() - startedAt >= lastCallMs) this.#closeSilent()
    }
  }

  // Not closeIdleConnections: it leaves alone what has never sent a byte, as a browser's spare connection.
  #closeIdle(lastCallMs: number): void {
    const now = performance.now()
    for (const [socket, connection] of this.#connections) {
      if (connection.requests > 0) continue
      if (socket.bytesRead > connection.bytesRead) {
        // Perhaps a part of a request; the timeout for its headers bounds the wait for the rest.
        connection.bytesRead = socket.bytesRead
        connection.idleSince = now
      } else if (now - connection.idleSince >= lastCallMs) socket.destroy()
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

  #track({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#requests++
    const connection = this.#connections.get(socket)
    if (!connection) return
    connection.requests++
    response.once('close', () => {
      connection.requests--
      if (this.#isDraining) connection.idleSince = performance.now()
    })
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { method } = request
    this.#track(request, response)
    if (this.#app.takesOver?.(request.url ?? '/')) this.#handOver(request, response)
    else if (method === 'GET' || method === 'HEAD') this.#answer(request, response, noBody)
    else if (isStreamed(request)) this.#stream(request, response)
    else readBody(request, this.#maxBodySize, this.#receiver(request, response))
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
    if (declaresTooMuch(request, this.#maxBodySize)) {
      this.#track(request, response)
      this.#refuse(request, response, tooLarge(this.#maxBodySize))
      return
    }
    response.writeContinue()
    this.#receive(request, response)
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

  #stream(request: IncomingMessage, response: ServerResponse): void {
    if (declaresTooMuch(request, this.#maxBodySize)) {
      this.#refuse(request, response, tooLarge(this.#maxBodySize))
      return
    }
    const send = (answer: AppResponse): void => {
      if (request.complete) this.#send(response, answer)
      else sendAndLinger(request, response, answer)
    }
    this.#app
      .handle(new NodeRequest(request, response, streamBody(request, this.#maxBodySize)))
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

function secureServer(options: SecureServerOptions, tls: TlsSettings): Server {
  const { headersTimeout } = options
  return createSecureServer({ ...options, ...toTlsOptions(tls), handshakeTimeout: headersTimeout })
}

interface SecureServerOptions {
  readonly headersTimeout: number
}

/** Newer versions of Node ask before they take a request out of HTTP. Older ones do not, nor do their types know of it. */
function askBeforeUpgrade(app: App): object {
  const takes = ({ url = '/' }: IncomingMessage): boolean => app.takesUpgrade?.(url) ?? false
  return { shouldUpgradeCallback: takes }
}

interface Connection {
  /** Under way. */
  requests: number
  /** Since when none is; kept up to date only while draining. */
  idleSince: number
  /** What had been read of it at the last look; only kept while draining. */
  bytesRead: number
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

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

function afterReading(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
