import type { Socket } from 'node:net'
import { BentoError } from '../../errors.ts'
import type { App, AppResponse } from '../app.ts'
import type { NodeServer } from '../http/node-server.ts'
import type { Prepared } from './prepare.ts'

export interface StandInOptions {
  readonly bento: Pick<Prepared, 'options' | 'tls'>
  /** Why nobody else can answer. */
  readonly why: () => string
  /** One of its connections has ended. */
  readonly onClose: () => void
}

/**
 * Answers for workers that cannot stay up, so that a probe hears why instead of waiting in vain. Every answer closes
 * its connection: the next may find a worker.
 */
export class StandIn {
  readonly #options: StandInOptions
  #server: Promise<NodeServer> | undefined

  constructor(options: StandInOptions) {
    this.#options = options
  }

  accept(socket: Socket): void {
    socket.once('close', this.#options.onClose)
    this.#server ??= this.#open()
    void this.#server.then((server) => server.accept(socket))
  }

  /** A supervisor whose workers stay up never needs HTTP of its own. */
  async #open(): Promise<NodeServer> {
    const { bento, why } = this.#options
    const [{ NodeServer }, { errorResponse, textResponse, withHeaders }] = await Promise.all([
      import('../http/node-server.ts'),
      import('../http/responses.ts'),
    ])
    const answer = (path: string): AppResponse => {
      if (path === '/livez' || path === '/healthz') return textResponse(200, '\n')
      const message = path === '/readyz' ? why() : 'The service is not ready'
      return errorResponse(new BentoError('NOT_READY', message, { retryAfter: 1 }))
    }
    const app: App = {
      handle: async ({ path }) => withHeaders(answer(path), { connection: 'close' }),
      close: async () => undefined,
    }
    return new NodeServer(app, bento.options.http, bento.tls)
  }
}
