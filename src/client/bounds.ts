import { ClientError } from './client-error.ts'
import type { CallOptions } from './service-client.ts'

/** How long a call may go on: until its deadline, or until its caller has had enough. */
export class Bounds {
  readonly #abort = new AbortController()
  readonly #deadline: number
  readonly #timer: NodeJS.Timeout | undefined
  readonly #caller: AbortSignal | undefined

  constructor({ timeoutMs, signal }: CallOptions) {
    this.#deadline = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => this.#abort.abort(late(timeoutMs)), timeoutMs)
    }
    this.#caller = signal
    if (signal?.aborted) this.#leave()
    else signal?.addEventListener('abort', this.#leave, { once: true })
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get leftMs(): number {
    return this.#deadline - performance.now()
  }

  /** The first item of a stream has come in time, and its end is not bounded. */
  lift(): void {
    clearTimeout(this.#timer)
  }

  /** Always to be called: the caller's signal may live longer than a call. */
  close(): void {
    this.lift()
    this.#caller?.removeEventListener('abort', this.#leave)
  }

  /** Ends whatever is still under way. */
  abort(): void {
    this.close()
    this.#abort.abort()
  }

  readonly #leave = (): void => this.#abort.abort(this.#caller?.reason)
}

function late(timeoutMs: number): ClientError {
  return new ClientError('TIMEOUT', `The service did not answer within ${timeoutMs} ms`)
}
