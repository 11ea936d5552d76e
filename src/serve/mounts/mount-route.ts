import type { AppRequest, AppResponse } from '../app.ts'
import type { ConcurrencyGate } from '../concurrency.ts'
import type { Route } from '../http/router.ts'
import type { EndpointRecorder } from '../observe/recorder.ts'
import { askFetch } from './ask-fetch.ts'
import { askNode } from './ask-node.ts'
import type { Handlers } from './handlers.ts'

export interface MountRouteInput {
  /** As `/ui`, or `/` for all that nobody else answers. */
  readonly path: string
  readonly handlers: Handlers
  readonly recorder: EndpointRecorder
  readonly gate: ConcurrencyGate
}

/** Everything under one path. */
export class MountRoute implements Route {
  /** Any: the app knows which it takes. */
  readonly methods = undefined
  readonly path: string
  readonly recorder: EndpointRecorder
  readonly handlers: Handlers
  readonly #gate: ConcurrencyGate

  constructor({ path, handlers, recorder, gate }: MountRouteInput) {
    this.path = path
    this.handlers = handlers
    this.recorder = recorder
    this.#gate = gate
  }

  /** It reads the request, and writes the answer, itself. */
  get isNative(): boolean {
    return this.handlers.node !== undefined
  }

  holds(path: string): boolean {
    if (this.path === '/') return true
    return (
      path.startsWith(this.path) &&
      (path.length === this.path.length || path.at(this.path.length) === '/')
    )
  }

  /** Path and query as the app sees them. */
  within(url: string): string {
    if (this.path === '/') return url
    const rest = url.slice(this.path.length)
    return rest.startsWith('/') ? rest : `/${rest}`
  }

  async answer(request: AppRequest): Promise<AppResponse> {
    const entered = this.#gate.enter()
    if (entered) await entered
    try {
      const url = this.within(request.path)
      const { fetch, node } = this.handlers
      if (fetch) return await askFetch(fetch, request, url)
      return await askNode(node, request, url)
    } finally {
      this.#gate.leave()
    }
  }
}
