import { BentoError } from '../../errors.ts'
import type { BodyStream } from '../app.ts'

/** How a stream ended: whole, or with an error. */
export type StreamEnd = (error?: unknown) => Promise<void> | undefined

const over: IteratorResult<never> = { done: true, value: undefined }

/** A body whose end somebody waits for. It is told before the last of the body is written. */
export class WatchedBody implements AsyncIterator<Uint8Array>, AsyncIterable<Uint8Array> {
  readonly #body: BodyStream
  readonly #source: AsyncIterator<Uint8Array>
  #onEnd: StreamEnd | undefined

  constructor(body: BodyStream, onEnd: StreamEnd) {
    this.#body = body
    this.#source = body[Symbol.asyncIterator]()
    this.#onEnd = onEnd
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    try {
      const step = await this.#source.next()
      if (step.done === true) await this.#end(this.#body.failure)
      return step
    } catch (error) {
      await this.#end(error)
      throw error
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    try {
      await this.#end(new BentoError('CANCELLED', 'The client has left'))
    } finally {
      await this.#source.return?.()
    }
    return over
  }

  async #end(error: unknown): Promise<void> {
    const onEnd = this.#onEnd
    this.#onEnd = undefined
    await onEnd?.(error)
  }
}
