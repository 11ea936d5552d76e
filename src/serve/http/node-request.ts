import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppRequest, NativeExchange } from '../app.ts'

/** Made for every request, so that what few requests ask for is made when it is asked for. */
export class NodeRequest implements AppRequest {
  readonly method: string
  readonly path: string
  readonly body: AppRequest['body']
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #abort: AbortController | undefined

  constructor(request: IncomingMessage, response: ServerResponse, body: AppRequest['body']) {
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

  get isSecure(): boolean {
    return 'encrypted' in this.#request.socket
  }

  get native(): NativeExchange {
    return { request: this.#request, response: this.#response }
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
