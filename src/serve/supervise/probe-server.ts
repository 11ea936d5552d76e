import type { App, AppRequest, AppResponse } from '../app.ts'
import type { HttpLimits } from '../http/create-server.ts'
import { withoutBodyForHead } from '../http/infrastructure.ts'
import { NodeServer } from '../http/node-server.ts'
import { type Answer, probeAnswers, type Probes } from '../http/probes.ts'
import { errorResponse } from '../http/responses.ts'
import { notFound, pathOf, wrongMethod } from '../http/router.ts'
import type { Listener } from './listener.ts'

const methods = ['GET', 'HEAD']

/**
 * Metrics and probes on a port of their own: whoever scrapes needs no key of the API, waits for no worker, and gets an
 * answer while the API's port is closed already.
 */
export class ProbeServer {
  readonly #listener: Listener
  readonly #server: NodeServer
  readonly #answers: ReadonlyMap<string, Answer>

  constructor(listener: Listener, limits: HttpLimits, probes: Probes) {
    this.#listener = listener
    this.#answers = new Map(probeAnswers(probes))
    const app: App = {
      handle: (request) => this.#handle(request),
      close: async () => undefined,
    }
    this.#server = new NodeServer(app, limits)
    listener.start((socket) => {
      socket.once('close', () => listener.release(1))
      this.#server.accept(socket)
      return true
    })
  }

  close(): void {
    this.#listener.abort()
    void this.#server.drain(0)
  }

  async #handle(request: AppRequest): Promise<AppResponse> {
    const path = pathOf(request.path)
    const answer = this.#answers.get(path)
    if (!answer) return notFound(path)
    if (!methods.includes(request.method)) return wrongMethod(request, [{ methods }])
    try {
      return withoutBodyForHead(request, await answer(request))
    } catch (error) {
      return errorResponse(error)
    }
  }
}
