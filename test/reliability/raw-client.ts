import { connect, type Socket } from 'node:net'

/** What became of one request. */
export type Outcome =
  /** Its answer came whole. */
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** It was sent whole on an open connection, and no whole answer came. */
  | { readonly kind: 'lost'; readonly why: string }
  /** There was no connection to send it on. */
  | { readonly kind: 'refused' }

/** An HTTP client over one plain socket at a time: it knows of each request whether it was sent, and what came back. */
export class RawClient {
  readonly #port: number
  #socket: Socket | undefined
  #text = ''
  #wake: () => void = () => undefined
  #problem: string | undefined
  #connectedAt = 0
  /** Requests that were sent on the present connection. */
  sentOnConnection = 0

  constructor(port: number) {
    this.#port = port
  }

  /** Keeps the connection when the server does; never uses one that was said to close. */
  async post(path: string, input: object = {}): Promise<Outcome> {
    if (!(await this.#open())) return { kind: 'refused' }
    const body = JSON.stringify(input)
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json`
    this.#text = ''
    this.sentOnConnection++
    this.#socket?.write(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    return this.#answer()
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  async #answer(): Promise<Outcome> {
    for (;;) {
      const answer = parse(this.#text)
      if (answer) {
        if (answer.closes) this.close()
        return { kind: 'answered', status: answer.status, body: answer.body }
      }
      if (this.#problem !== undefined) {
        const ms = Math.round(performance.now() - this.#connectedAt)
        const nth = `request ${this.sentOnConnection} of a connection of ${ms} ms`
        return { kind: 'lost', why: `${this.#problem}, ${nth}` }
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async #open(): Promise<boolean> {
    if (this.#socket && this.#problem === undefined) return true
    const socket = connect(this.#port, '127.0.0.1')
    this.#socket = socket
    this.#problem = undefined
    this.sentOnConnection = 0
    const fail = (why: string): void => {
      if (this.#socket !== socket) return
      this.#problem ??= why
      this.#wake()
    }
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString()
      this.#wake()
    })
    socket.on('error', (error) => fail(error.message))
    socket.on('end', () => fail('ended'))
    socket.on('close', () => fail('closed'))
    return new Promise((resolve) => {
      socket.once('connect', () => {
        this.#connectedAt = performance.now()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
  }
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly closes: boolean
}

/** Undefined until the answer is whole. */
function parse(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = text.slice(0, end).toLowerCase()
  const sent = text.slice(end + 4)
  const body = head.includes('transfer-encoding: chunked') ? chunksOf(sent) : lengthOf(head, sent)
  if (body === undefined) return undefined
  return {
    status: Number(head.split(' ')[1]),
    body,
    closes: head.includes('connection: close'),
  }
}

function lengthOf(head: string, sent: string): string | undefined {
  const length = Number(/content-length: (\d+)/.exec(head)?.[1])
  return Buffer.byteLength(sent) < length ? undefined : sent
}

/** What a body in chunks says, once its last one is there. ASCII only. */
function chunksOf(sent: string): string | undefined {
  let body = ''
  for (let at = 0; ;) {
    const line = sent.indexOf('\r\n', at)
    if (line === -1) return undefined
    const length = Number.parseInt(sent.slice(at, line), 16)
    const end = line + 2 + length
    if (sent.length < end + 2) return undefined
    if (length === 0) return body
    body += sent.slice(line + 2, end)
    at = end + 2
  }
}
