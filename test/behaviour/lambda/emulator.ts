import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** How an invocation ended. */
export type Outcome =
  | { readonly type: 'whole'; readonly answer: unknown }
  | {
      readonly type: 'streamed'
      readonly contentType: string
      readonly bytes: Buffer
      /** In how many they came. */
      readonly parts: number
      readonly trailers: Readonly<Record<string, string | undefined>>
    }
  | { readonly type: 'failed'; readonly error: unknown }

interface Waiting {
  readonly event: unknown
  readonly deadlineMs: number
  readonly ended: (outcome: Outcome) => void
}

/** The Runtime API of one execution environment: it hands out one event at a time. */
export class LambdaEmulator {
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  readonly #queue: Waiting[] = []
  readonly #running = new Map<string, Waiting>()
  readonly initErrors: unknown[] = []
  #poll: ServerResponse | undefined
  #polls = 0
  readonly #onPoll: (() => void)[] = []
  readonly #onPart = new Set<(part: string) => void>()
  #lastId = 0

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  /** How often the function has asked for an event: at that moment it may be frozen. */
  get polls(): number {
    return this.#polls
  }

  async polled(count: number): Promise<void> {
    while (this.#polls < count) await new Promise<void>((resolve) => this.#onPoll.push(resolve))
  }

  /** Resolves when a part of an answer has come that ends so. */
  received(end: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (part: string): void => {
        if (!part.endsWith(end)) return
        this.#onPart.delete(look)
        resolve()
      }
      this.#onPart.add(look)
    })
  }

  invoke(event: unknown, timeoutMs = 10_000): Promise<Outcome> {
    return new Promise((ended) => {
      this.#queue.push({ event, deadlineMs: Date.now() + timeoutMs, ended })
      this.#handOut()
    })
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , , kind = '', id = '', what] = (request.url ?? '').split('/')
    if (kind === 'invocation' && id === 'next') {
      this.#polls++
      this.#poll = response
      for (const wake of this.#onPoll.splice(0)) wake()
      this.#handOut()
      return
    }
    const outcome = await this.#read(request, what)
    if (kind === 'init') this.initErrors.push(outcome.type === 'failed' && outcome.error)
    else this.#running.get(id)?.ended(outcome)
    this.#running.delete(id)
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}')
  }

  #handOut(): void {
    const next = this.#poll === undefined ? undefined : this.#queue.shift()
    if (next === undefined) return
    const id = `invocation-${++this.#lastId}`
    this.#running.set(id, next)
    this.#poll?.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(next.deadlineMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-west-1:123456789012:function:iris',
    })
    this.#poll?.end(JSON.stringify(next.event))
    this.#poll = undefined
  }

  async #read(request: IncomingMessage, what: string | undefined): Promise<Outcome> {
    const parts: Buffer[] = []
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a stream without encoding gives buffers
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part)
      for (const look of this.#onPart) look(part.toString())
    }
    const bytes = Buffer.concat(parts)
    const { headers, trailers } = request
    if (headers['lambda-runtime-function-response-mode'] === 'streaming') {
      const contentType = String(headers['content-type'])
      return { type: 'streamed', contentType, bytes, parts: parts.length, trailers }
    }
    const value: unknown = JSON.parse(bytes.toString())
    return what === 'response' ? { type: 'whole', answer: value } : { type: 'failed', error: value }
  }
}
