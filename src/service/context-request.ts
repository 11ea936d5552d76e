import { parseCookies } from '../lib/cookies.ts'
import type { ContextRequest, ContextSource } from './context.ts'

/** What a path has where its route has names. */
export type PathParams = Readonly<Record<string, string>>

export interface RequestViewOptions {
  readonly params: PathParams
  readonly deadline: number
}

/** A request as its method sees it: each part is made when it is asked for. */
export class RequestView implements ContextRequest {
  readonly #source: ContextSource
  readonly params: PathParams
  readonly deadline: number
  #query: URLSearchParams | undefined
  #cookies: Readonly<Record<string, string>> | undefined

  constructor(source: ContextSource, { params, deadline }: RequestViewOptions) {
    this.#source = source
    this.params = params
    this.deadline = deadline
  }

  get method(): string {
    return this.#source.method
  }

  get path(): string {
    return this.#source.path
  }

  get headers(): ContextSource['headers'] {
    return this.#source.headers
  }

  get signal(): AbortSignal {
    return this.#source.signal
  }

  get query(): URLSearchParams {
    const start = this.path.indexOf('?')
    return (this.#query ??= new URLSearchParams(start === -1 ? '' : this.path.slice(start)))
  }

  get cookies(): Readonly<Record<string, string>> {
    return (this.#cookies ??= Object.fromEntries(parseCookies(this.headers['cookie'])))
  }
}
