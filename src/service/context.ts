/** What a method may know of the request it answers, and say about the answer. Its second argument. */
export interface Context {
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
  readonly state: Record<string, unknown>
  readonly deadline: number
}

export function createContext(source: ContextSource, options: ContextOptions): Context {
  return new RequestContext(source, options)
}

export function createBatchContext(
  requests: readonly Context[],
  state: Record<string, unknown>,
): BatchContext {
  return new SharedContext(requests, state)
}

/** Made for every request, so it makes nothing itself before it is asked for. */
class RequestContext implements Context {
  readonly request: ContextSource
  readonly state: Record<string, unknown>
  readonly deadline: number
  #response: ContextResponse | undefined

  constructor(request: ContextSource, { state, deadline }: ContextOptions) {
    this.request = request
    this.state = state
    this.deadline = deadline
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
  #signal: AbortSignal | undefined

  constructor(requests: readonly Context[], state: Record<string, unknown>) {
    this.requests = requests
    this.state = state
  }

  get signal(): AbortSignal {
    return (this.#signal ??= whenAllAborted(this.requests.map((request) => request.signal)))
  }
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
