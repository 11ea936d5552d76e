import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ParseError } from './not-http.ts'

/** What a server knows of one of its connections. */
export class Connection {
  readonly socket: Socket
  /** Why nothing more can be read from it. */
  error: ParseError | undefined
  /** Since when no request is under way; kept up to date only while draining. */
  idleSince = performance.now()
  #requests = 0
  // The latest request, as long as it is under way.
  #request: IncomingMessage | undefined
  #response: ServerResponse | undefined
  /** What had been read of it at the last look; only kept while draining. */
  #bytesRead = 0

  constructor(socket: Socket) {
    this.socket = socket
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#requests++
    this.#request = request
    this.#response = response
  }

  end(response: ServerResponse): void {
    this.#requests--
    if (this.#response !== response) return
    this.#request = undefined
    this.#response = undefined
  }

  /** Answers to requests that are here whole. */
  get owed(): number {
    return this.#isArriving ? this.#requests - 1 : this.#requests
  }

  /** The client hears already of the request whose rest is on its way. */
  get isAnswered(): boolean {
    return this.#isArriving && this.#response?.headersSent === true
  }

  /** For how long nothing has been going on, while draining. */
  idleMs(now: number): number {
    if (this.#requests > 0) return 0
    if (this.socket.bytesRead > this.#bytesRead) {
      // Perhaps a part of a request; the timeout for its headers bounds the wait for the rest.
      this.#bytesRead = this.socket.bytesRead
      this.idleSince = now
    }
    return now - this.idleSince
  }

  get #isArriving(): boolean {
    return this.#request?.complete === false
  }
}
