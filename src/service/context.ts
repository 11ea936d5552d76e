import type { CookieOptions } from '../lib/cookies.ts'
import { parseLastEventId } from '../lib/last-event-id.ts'
import type { LogIds } from '../log/log-ids.ts'
import type { Logger, ScopedLogger } from '../log/logger.ts'
import type { LogScope } from '../log/render-line.ts'
import { Aftermath, type BackgroundWork } from './aftermath.ts'
import { type PathParams, RequestView } from './context-request.ts'
import { ResponseDraft } from './context-response.ts'

/** What a method may know of the request it answers, and say about the answer. Its second argument. */
export interface Context extends LogIds {
  /** The caller's `X-Request-Id`, else made for this request. Answers have it as `X-BentoML-Request-ID`. */
  readonly requestId: string
  /** The caller's, by its `traceparent`, else made for this request. */
  readonly traceId: string
  /** Writes lines with the request's ids. */
  readonly logger: Logger
  readonly request: ContextRequest
  readonly response: ContextResponse
  /** The worker's own memory, shared by all its requests. */
  readonly state: Record<string, unknown>
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal
  /** `performance.now()` time after which the answer is worthless. */
  readonly deadline: number
  /** A folder of this request's own, removed when it is over. Made when it is first read. */
  readonly tempDir: string
  /** How many events a client that comes back has of this stream; 0 where it begins. */
  readonly lastEventId: number
  /** Work that goes on after the answer; a function is called then. A shutdown waits for it, and the log has its errors. */
  waitUntil(work: BackgroundWork): void
}

/** The second argument of a batchable method: the contexts of the requests in the batch, in the order of their rows. */
export interface BatchContext {
  /** Writes lines with the ids of the batch's requests. */
  readonly logger: Logger
  readonly requests: readonly Context[]
  readonly state: Record<string, unknown>
  /** Aborted when every client of the batch has left. */
  readonly signal: AbortSignal
}

export interface ContextRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly query: URLSearchParams
  /** What the path has where the route has names, as `id` of `/items/{id}`. */
  readonly params: PathParams
  readonly cookies: Readonly<Record<string, string>>
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal
  /** `performance.now()` time after which the answer is worthless. */
  readonly deadline: number
}

export interface ContextResponse {
  status: number
  headers: Record<string, string>
  setCookie(name: string, value: string, options?: CookieOptions): void
}

/** A request as the server has it. `signal` may be made when it is first read. */
export type ContextSource = Pick<ContextRequest, 'method' | 'path' | 'headers' | 'signal'>

export interface ContextOptions {
  readonly ids: LogIds
  readonly logger: ScopedLogger
  readonly state: Record<string, unknown>
  readonly deadline: number
  readonly params?: PathParams
}

/** A context, and what the server takes from it in the end. */
export interface ServerContext extends Context {
  /** Undefined where the method has said nothing of its answer. */
  readonly draft: ResponseDraft | undefined
  /** Undefined where the method has left nothing to do. */
  readonly aftermath: Aftermath | undefined
}

export function createContext(source: ContextSource, options: ContextOptions): ServerContext {
  return new RequestContext(source, options)
}

const noParams: PathParams = {}

export type BatchContextOptions = Pick<ContextOptions, 'state' | 'logger'>

export function createBatchContext(
  requests: readonly Context[],
  options: BatchContextOptions,
): BatchContext {
  return new SharedContext(requests, options)
}

/** Made for every request, so it makes nothing itself before it is asked for. */
class RequestContext implements ServerContext {
  readonly #source: ContextSource
  readonly #options: ContextOptions
  #request: ContextRequest | undefined
  #logger: Logger | undefined
  #response: ResponseDraft | undefined
  #aftermath: Aftermath | undefined

  constructor(source: ContextSource, options: ContextOptions) {
    this.#source = source
    this.#options = options
  }

  get request(): ContextRequest {
    const { params = noParams, deadline } = this.#options
    return (this.#request ??= new RequestView(this.#source, { params, deadline }))
  }

  get state(): Record<string, unknown> {
    return this.#options.state
  }

  get deadline(): number {
    return this.#options.deadline
  }

  get requestId(): string {
    return this.#options.ids.requestId
  }

  get traceId(): string {
    return this.#options.ids.traceId
  }

  get spanId(): string {
    return this.#options.ids.spanId
  }

  get isSampled(): boolean {
    return this.#options.ids.isSampled
  }

  get logger(): Logger {
    return (this.#logger ??= this.#options.logger.within(this))
  }

  get response(): ResponseDraft {
    return (this.#response ??= new ResponseDraft())
  }

  get draft(): ResponseDraft | undefined {
    return this.#response
  }

  get signal(): AbortSignal {
    return this.#source.signal
  }

  get tempDir(): string {
    return this.#left.tempDir
  }

  get lastEventId(): number {
    return parseLastEventId(this.#source.headers['last-event-id'])
  }

  waitUntil(work: BackgroundWork): void {
    this.#left.waitUntil(work)
  }

  get aftermath(): Aftermath | undefined {
    return this.#aftermath
  }

  get #left(): Aftermath {
    return (this.#aftermath ??= new Aftermath(() => this.logger))
  }
}

class SharedContext implements BatchContext {
  readonly requests: readonly Context[]
  readonly state: Record<string, unknown>
  readonly #root: ScopedLogger
  #logger: Logger | undefined
  #signal: AbortSignal | undefined

  constructor(requests: readonly Context[], { state, logger }: BatchContextOptions) {
    this.requests = requests
    this.state = state
    this.#root = logger
  }

  get logger(): Logger {
    return (this.#logger ??= this.#root.within(scopeOf(this.requests)))
  }

  get signal(): AbortSignal {
    return (this.#signal ??= whenAllAborted(this.requests.map((request) => request.signal)))
  }
}

/** A batch of one logs as its request. */
export function scopeOf(requests: readonly Context[]): NonNullable<LogScope> {
  const [first] = requests
  return first !== undefined && requests.length === 1 ? first : requests
}

function whenAllAborted(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController()
  let left = signals.filter((signal) => !signal.aborted).length
  const leave = (): void => {
    left -= 1
    if (left === 0) controller.abort()
  }
  for (const signal of signals) {
    if (!signal.aborted) signal.addEventListener('abort', leave, { once: true })
  }
  if (left === 0 && signals.length > 0) controller.abort()
  return controller.signal
}
