import type { LogIds } from '../log/log-ids.ts'
import type { Logger, ScopedLogger } from '../log/logger.ts'
import type { LogScope } from '../log/render-line.ts'

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
}

export interface ContextResponse {
  status: number
  headers: Record<string, string>
}

/** A request as the server has it. `signal` may be made when it is first read. */
export interface ContextSource extends ContextRequest {
  readonly signal: AbortSignal
}

export interface ContextOptions {
  readonly ids: LogIds
  readonly logger: ScopedLogger
  readonly state: Record<string, unknown>
  readonly deadline: number
}

export function createContext(source: ContextSource, options: ContextOptions): Context {
  return new RequestContext(source, options)
}

export type BatchContextOptions = Pick<ContextOptions, 'state' | 'logger'>

export function createBatchContext(
  requests: readonly Context[],
  options: BatchContextOptions,
): BatchContext {
  return new SharedContext(requests, options)
}

/** Made for every request, so it makes nothing itself before it is asked for. */
class RequestContext implements Context {
  readonly request: ContextSource
  readonly state: Record<string, unknown>
  readonly deadline: number
  readonly #ids: LogIds
  readonly #root: ScopedLogger
  #logger: Logger | undefined
  #response: ContextResponse | undefined

  constructor(request: ContextSource, { state, deadline, ids, logger }: ContextOptions) {
    this.request = request
    this.state = state
    this.deadline = deadline
    this.#ids = ids
    this.#root = logger
  }

  get requestId(): string {
    return this.#ids.requestId
  }

  get traceId(): string {
    return this.#ids.traceId
  }

  get spanId(): string {
    return this.#ids.spanId
  }

  get isSampled(): boolean {
    return this.#ids.isSampled
  }

  get logger(): Logger {
    return (this.#logger ??= this.#root.within(this))
  }

  get response(): ContextResponse {
    return (this.#response ??= { status: 200, headers: {} })
  }

  get signal(): AbortSignal {
    return this.request.signal
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
