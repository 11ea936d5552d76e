import { BentoError } from '../../errors.ts'
import { ignore } from '../../lib/functions.ts'
import type { EncodedBody } from '../../service/codec/codec.ts'
import { whenWhole } from '../../service/codec/request-body.ts'
import type { BodyStream } from '../app.ts'
import type { Frames } from './framing.ts'

type Step = () => Promise<IteratorResult<unknown>>

export interface ItemStreamInput {
  /** What the method answered. */
  readonly items: unknown
  /** Asks for the next item so that what the method does belongs to its request. */
  readonly within: (step: Step) => unknown
  readonly encode: (item: unknown) => EncodedBody | Promise<EncodedBody>
  readonly frames: Frames
  /** Id of the event before the first. */
  readonly lastId: number
  /** Called once, when there will be no more. */
  readonly onEnd: () => void
}

const over: IteratorResult<never> = { done: true, value: undefined }

/**
 * The items of one answer as the parts of a body, made as they are asked for. Not a generator: one that has not begun
 * does nothing when it is ended, and the method's own must be ended all the same.
 */
export class ItemStream implements BodyStream, AsyncIterator<Uint8Array> {
  readonly #input: ItemStreamInput
  readonly #source: AsyncIterator<unknown> | Iterator<unknown>
  #first: IteratorResult<Uint8Array> | undefined
  #id: number
  #isOver = false
  #failure: unknown

  /** Resolves when the first item is there. Rejects as the method does before it. */
  static async open(input: ItemStreamInput): Promise<ItemStream> {
    const stream = new ItemStream(input)
    try {
      stream.#first = await stream.#make()
      return stream
    } catch (error) {
      await stream.#endSource()
      throw error
    }
  }

  private constructor(input: ItemStreamInput) {
    this.#input = input
    this.#source = iteratorOf(input.items)
    this.#id = input.lastId
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Why it ended early, where the body itself says it. */
  get failure(): unknown {
    return this.#failure
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#isOver) return over
    try {
      const made = this.#first ?? (await this.#make())
      this.#first = undefined
      return made.done === true ? this.#finish() : made
    } catch (error) {
      return await this.#fail(error)
    }
  }

  /** The client has left: the method's generator is ended, and runs its `finally`. */
  async return(): Promise<IteratorResult<Uint8Array>> {
    if (this.#isOver) return over
    this.#end()
    await this.#source.return?.()
    return over
  }

  async #step(): Promise<IteratorResult<unknown>> {
    const step = await this.#input.within(async () => this.#source.next())
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this is what `within` was given to call
    return step as IteratorResult<unknown>
  }

  async #make(): Promise<IteratorResult<Uint8Array>> {
    const step = await this.#step()
    if (step.done === true) return over
    const encoded = await this.#input.encode(step.value)
    const body = await whenWhole(encoded.body, (whole) => whole)
    this.#id++
    return { done: false, value: this.#input.frames.item(body, this.#id) }
  }

  #finish(): IteratorResult<Uint8Array> {
    this.#end()
    const { end } = this.#input.frames
    return end === undefined ? over : { done: false, value: end }
  }

  async #fail(error: unknown): Promise<IteratorResult<Uint8Array>> {
    // Ended by the client already: nobody is there to tell.
    if (this.#isOver) return over
    this.#end()
    await this.#endSource()
    const { frames } = this.#input
    if (!frames.failure) throw error
    this.#failure = error
    return { done: false, value: frames.failure(error) }
  }

  /** Where it was an item that did not fit, the generator knows of nothing yet. */
  async #endSource(): Promise<void> {
    await Promise.resolve(this.#source.return?.()).catch(ignore)
  }

  #end(): void {
    this.#isOver = true
    this.#input.onEnd()
  }
}

function iteratorOf(items: unknown): AsyncIterator<unknown> | Iterator<unknown> {
  if (typeof items === 'object' && items !== null) {
    if (isAsyncIterable(items)) return items[Symbol.asyncIterator]()
    if (isIterable(items)) return items[Symbol.iterator]()
  }
  throw new BentoError('OUTPUT_INVALID', 'A stream has answered with what is no stream', {
    hint: 'Write the method as a generator, or return an async iterable.',
  })
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}
