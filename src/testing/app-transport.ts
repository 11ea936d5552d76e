import type { Transport, WireRequest, WireResponse } from '../client/transport.ts'
import { untilAborted } from '../client/until-aborted.ts'
import type { App } from '../serve/app.ts'

/** Calls a service in the same process, with no socket between. */
export class AppTransport implements Transport {
  readonly #app: App

  constructor(app: App) {
    this.#app = app
  }

  async send(request: WireRequest): Promise<WireResponse> {
    const { signal } = request
    const { status, headers, body } = await untilAborted(signal, this.#app.handle(request))
    return { status, headers, body: Buffer.isBuffer(body) ? once(body) : within(signal, body) }
  }

  async close(): Promise<void> {
    await this.#app.close()
  }
}

async function* once(body: Buffer): AsyncGenerator<Uint8Array, void> {
  yield body
}

/** As a socket breaks when its client leaves. */
async function* within(
  signal: AbortSignal,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    signal.throwIfAborted()
    yield chunk
  }
}
