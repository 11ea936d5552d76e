import { once } from '../../lib/functions.ts'

/** The same body, with a word when it is over: read to its end, broken, or no longer wanted. */
export function endedBody(
  body: AsyncIterable<Uint8Array>,
  onEnd: () => void,
): AsyncIterable<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  const end = once(onEnd)
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          const step = await source.next()
          if (step.done === true) end()
          return step
        } catch (error) {
          end()
          throw error
        }
      },
      async return() {
        try {
          await source.return?.()
        } finally {
          end()
        }
        return { done: true, value: undefined }
      },
    }),
  }
}
