import { ignore } from './functions.ts'

/**
 * `work`, never twice at once: whoever calls while it is under way shares the next run with all others who do. What one
 * gets was made after it asked.
 */
export function shareNext<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let waiting: Promise<Value> | undefined
  let last: Promise<unknown> = Promise.resolve()
  const start = (): Promise<Value> => {
    waiting = undefined
    return work()
  }
  return () => {
    if (waiting) return waiting
    waiting = last.then(start)
    last = waiting.catch(ignore)
    return waiting
  }
}
