import { inspect, types } from 'node:util'

/** An error as a field of a line, with what lies beneath it. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly [own: string]: unknown
}

/** JSON that never fails: a log line is no place to learn that a value is circular. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(loggable(value)) ?? 'null'
  } catch {
    return stringifySafely(value)
  }
}

/** Errors would be written as `{}`. */
export function loggable(value: unknown): unknown {
  return types.isNativeError(value) ? toLoggedError(value) : value
}

function toLoggedError(error: Error): LoggedError {
  const own = Object.fromEntries(Object.entries(error))
  return { ...own, type: error.name, message: error.message, stack: stackOf(error, 0) }
}

const maxDepth = 5
const maxCauses = 10

function stackOf(error: Error, depth: number): string {
  const own = error.stack ?? String(error)
  if (depth === maxDepth) return own
  const causes = causesOf(error).map((cause) => {
    return types.isNativeError(cause) ? stackOf(cause, depth + 1) : inspect(cause)
  })
  return [own, ...causes].join('\nCaused by: ')
}

/** Its cause; of an AggregateError, as Promise.any throws it, all of them. */
function causesOf(error: Error): unknown[] {
  const errors: unknown = 'errors' in error ? error.errors : undefined
  const several: unknown[] = Array.isArray(errors) ? errors.slice(0, maxCauses) : []
  return error.cause === undefined ? several : [error.cause, ...several]
}

function stringifySafely(value: unknown): string {
  const above: unknown[] = []
  try {
    const text = JSON.stringify(loggable(value), function (this: unknown, _key, inner: unknown) {
      if (typeof inner === 'bigint') return inner.toString()
      if (typeof inner !== 'object' || inner === null) return inner
      // `this` holds `inner`: what is above it is what was entered before `this`.
      while (above.length > 0 && above.at(-1) !== this) above.pop()
      if (above.includes(inner)) return '[Circular]'
      above.push(inner)
      return inner
    })
    return text ?? 'null'
  } catch (error) {
    return JSON.stringify(`[${String(error)}]`)
  }
}
