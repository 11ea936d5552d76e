import type { ErrorDetail } from '../errors.ts'

/**
 * What can go wrong before a service has answered. `UNREACHABLE`: no connection, so nothing was sent.
 * `CONNECTION_LOST`: the connection broke, and the call may have been run. `TIMEOUT`: `timeoutMs` is over.
 * `METHOD_UNKNOWN`: the service has no such method. `INPUT_INVALID`: the input cannot be sent.
 * `ANSWER_INVALID`: what answered is no bento, or of another version.
 */
export type ClientErrorCode =
  | 'UNREACHABLE'
  | 'CONNECTION_LOST'
  | 'TIMEOUT'
  | 'METHOD_UNKNOWN'
  | 'INPUT_INVALID'
  | 'ANSWER_INVALID'

export interface ClientErrorOptions {
  readonly status?: number
  readonly detail?: readonly ErrorDetail[]
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

// A project may hold two copies of this class.
const brand = Symbol.for('bentojs.ClientError')

/** A call that failed: with the service's answer, or before there was one. */
export class ClientError extends Error {
  /** The code of the service's answer, or a ClientErrorCode. */
  readonly code: string
  /** Undefined when there was no answer. */
  readonly status: number | undefined
  /** What is wrong with an input: one entry for each problem. */
  readonly detail: readonly ErrorDetail[] | undefined
  /** How long the service asks to wait before another try. */
  readonly retryAfterMs: number | undefined
  readonly [brand] = true

  constructor(code: string, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ClientError'
    this.code = code
    this.status = options.status
    this.detail = options.detail
    this.retryAfterMs = options.retryAfterMs
  }
}

export function isClientError(value: unknown): value is ClientError {
  return typeof value === 'object' && value !== null && brand in value
}
