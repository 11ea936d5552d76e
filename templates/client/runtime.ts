export interface ClientOptions {
  /** A key of the service, sent as `Authorization: Bearer`. */
  token?: string
  /** Sent with every call. */
  headers?: Record<string, string>
  /** Milliseconds that a call may take. */
  timeoutMs?: number
  /** Another fetch than the global one. */
  fetch?: typeof fetch
}

export interface CallOptions {
  signal?: AbortSignal
  headers?: Record<string, string>
  /** Milliseconds in which the answer must be there; of a stream, its first item. */
  timeoutMs?: number
}

export interface ErrorDetail {
  type: string
  loc: (string | number)[]
  msg: string
}

/** What a service says went wrong. */
export class ServiceError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: ErrorDetail[]

  constructor(status: number, text: string) {
    let body: { error?: unknown; code?: unknown; detail?: unknown } = {}
    try {
      body = Object(JSON.parse(text))
    } catch {
      // Not of the service: a proxy answers in its own words.
    }
    super(typeof body.error === 'string' ? body.error : `The service answered ${status}`)
    this.name = 'ServiceError'
    this.status = status
    this.code = typeof body.code === 'string' ? body.code : `HTTP_${status}`
    this.detail = Array.isArray(body.detail) ? body.detail : []
  }
}

interface MethodSettings {
  route: string
  type?: string
  framing?: string
  isText?: boolean
  /** The answer has integers of 64 bits. */
  isWide?: boolean
}

class BentoClient {
  readonly #url: string
  readonly #options: ClientOptions

  constructor(url: string, options: ClientOptions = {}) {
    this.#url = url.replace(/\/+$/, '')
    this.#options = options
  }

  protected async call<Answer>(
    method: MethodSettings,
    input: unknown,
    options: CallOptions,
  ): Promise<Answer> {
    const limit = new Limit({ ...this.#options, ...options })
    try {
      const response = await this.#send(method, input, { options, limit })
      const type = response.headers.get('content-type') ?? ''
      if (method.isText || type.startsWith('text/')) return (await response.text()) as Answer
      if (/^application\/(?:[\w.]+\+)?json\b/.test(type)) {
        return parseJson(await response.text(), method) as Answer
      }
      return (await response.blob()) as Answer
    } finally {
      limit.end()
    }
  }

  protected async *stream<Item>(
    method: MethodSettings,
    input: unknown,
    options: CallOptions,
  ): AsyncGenerator<Item, void> {
    const limit = new Limit({ ...this.#options, ...options })
    try {
      const response = await this.#send(method, input, { options, limit })
      const parse = (text: string): Item => (method.isText ? text : parseJson(text, method)) as Item
      const pieces = readText(response)
      const items = method.framing === 'sse' ? readEvents(pieces) : readItems(pieces, method)
      for await (const item of items) {
        limit.end()
        yield parse(item)
      }
    } finally {
      // Who takes no more items lets the service stop making them.
      limit.abort()
    }
  }

  async #send(
    { route, type }: MethodSettings,
    input: unknown,
    { options, limit }: { options: CallOptions; limit: Limit },
  ): Promise<Response> {
    const { token, headers, fetch: send = fetch } = this.#options
    const { path, rest } = fillPath(route, input)
    const { body, contentType } = writeBody(rest, type)
    const response = await send(this.#url + path, {
      method: 'POST',
      body,
      signal: limit.signal,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
        ...options.headers,
        ...(contentType && { 'content-type': contentType }),
        ...(limit.ms && { 'x-request-timeout': String(limit.ms / 1000) }),
      },
    })
    if (!response.ok) throw new ServiceError(response.status, await response.text())
    return response
  }
}

/** Ends a call at its deadline, or when its caller has had enough. */
class Limit {
  readonly ms: number | undefined
  readonly #controller = new AbortController()
  readonly #timer: ReturnType<typeof setTimeout> | undefined
  readonly #caller: AbortSignal | undefined
  readonly #leave = (): void => this.#controller.abort(this.#caller?.reason)

  constructor({ timeoutMs, signal }: CallOptions) {
    this.ms = timeoutMs
    this.#caller = signal
    if (timeoutMs !== undefined) {
      const late = new Error(`The service did not answer within ${timeoutMs} ms`)
      this.#timer = setTimeout(() => this.#controller.abort(late), timeoutMs)
    }
    if (signal?.aborted) this.#leave()
    else signal?.addEventListener('abort', this.#leave)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  abort(): void {
    this.end()
    this.#caller?.removeEventListener('abort', this.#leave)
    this.#controller.abort()
  }
}

/** A route as `/items/{id}` takes its names out of the input. */
function fillPath(route: string, input: unknown): { path: string; rest: unknown } {
  if (!route.includes('{')) return { path: route, rest: input }
  const rest: Record<string, unknown> = { ...Object(input) }
  const path = route.replace(/\{([^{}]+)\}/g, (_whole, name: string) => {
    const value = encodeURIComponent(String(rest[name]))
    delete rest[name]
    return value
  })
  return { path, rest }
}

function writeBody(
  input: unknown,
  type: string | undefined,
): { body: string | Blob | FormData; contentType?: string | undefined } {
  if (typeof input === 'string' && type === 'text/plain') return { body: input, contentType: type }
  if (input instanceof Blob) return { body: input, contentType: input.type || type }
  const fields = Object.entries(Object(input) as Record<string, unknown>)
  const isForm = fields.some(([, value]) => [value].flat().some((one) => one instanceof Blob))
  if (!isForm) return { body: toJson(input ?? {}), contentType: 'application/json' }
  const form = new FormData()
  for (const [name, value] of fields) {
    for (const one of Array.isArray(value) && value[0] instanceof Blob ? value : [value]) {
      if (one instanceof Blob) form.append(name, one)
      else if (one !== undefined) form.append(name, toJson(one))
    }
  }
  return { body: form }
}

// Stands before a number that is on its way through JSON as a text.
const wideMark = '\u0001n'

/** An integer that a number would round comes as a bigint. */
function parseJson(text: string, { isWide }: MethodSettings): unknown {
  if (!isWide) return JSON.parse(text)
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token))
      ? token
      : JSON.stringify(wideMark + token),
  )
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(wideMark)
      ? BigInt(value.slice(wideMark.length))
      : value,
  )
}

function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'bigint' ? wideMark + one : one,
  )
  return text.replace(/"\\u0001n(-?\d+)"/g, '$1')
}

async function* readText(response: Response): AsyncGenerator<string, void> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const step = await reader?.read()
    if (!step || step.done) return
    yield decoder.decode(step.value, { stream: true })
  }
}

/** Objects and lists end where they end; a text, a number or a word with the piece that it came in. */
async function* readItems(
  pieces: AsyncIterable<string>,
  { isText }: MethodSettings,
): AsyncGenerator<string, void> {
  let text = ''
  for await (const piece of pieces) {
    if (isText) {
      if (piece !== '') yield piece
      continue
    }
    text += piece
    for (let end = endOfValue(text); end > 0; end = endOfValue(text)) {
      yield text.slice(0, end)
      text = text.slice(end)
    }
  }
  if (text.trim() !== '') yield text
}

/** Where the first value of a text of JSON is over; 0 when it is not. */
function endOfValue(text: string): number {
  let depth = 0
  let isString = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (isString && char === '\\') at += 1
    else if (char === '"') isString = !isString
    else if (!isString && (char === '{' || char === '[')) depth += 1
    else if (!isString && (char === '}' || char === ']')) depth -= 1
    if (depth === 0 && !isString && (char === '"' || char === '}' || char === ']')) return at + 1
  }
  return depth === 0 && !isString && text.trim() !== '' ? text.length : 0
}

async function* readEvents(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = ''
  for await (const piece of pieces) {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const lines = block.split('\n')
      const data = lines.flatMap((line) =>
        /^data: ?/.test(line) ? [line.replace(/^data: ?/, '')] : [],
      )
      if (lines.includes('event: end')) return
      if (lines.includes('event: error')) throw new ServiceError(500, data.join('\n'))
      yield data.join('\n')
    }
  }
  throw new Error('The stream broke off')
}
