import type { ErrorDetail } from '../errors.ts'

export interface ServiceErrorOptions {
  /** Stable word for programs, as `NOT_FOUND`; it is `code` in the body of the answer. */
  readonly code?: string
  readonly detail?: readonly ErrorDetail[]
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

// A service's own copy of the SDK and the server that runs it may each have their own copy of the class.
const brand = Symbol.for('bentojs.ServiceError')

/** An answer that a method chose: this status, and this message for the caller to read. */
export class ServiceError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: readonly ErrorDetail[] | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly [brand] = true

  constructor(status: number, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    // An error must never claim success; and this is no place to throw another one.
    this.status = Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500
    this.name = new.target.name
    this.code = options.code ?? 'SERVICE_ERROR'
    this.detail = options.detail
    this.headers = options.headers ?? {}
  }
}

export function isServiceError(value: unknown): value is ServiceError {
  return typeof value === 'object' && value !== null && brand in value
}

/** 400 */
export class InvalidArgument extends ServiceError {
  constructor(message: string, options: ServiceErrorOptions = {}) {
    super(400, message, { code: 'INVALID_ARGUMENT', ...options })
  }
}

/** 400 */
export class BadInput extends ServiceError {
  constructor(message: string, options: ServiceErrorOptions = {}) {
    super(400, message, { code: 'BAD_INPUT', ...options })
  }
}

/** 404 */
export class NotFound extends ServiceError {
  constructor(message: string, options: ServiceErrorOptions = {}) {
    super(404, message, { code: 'NOT_FOUND', ...options })
  }
}

/** 422 */
export class UnprocessableEntity extends ServiceError {
  constructor(message: string, options: ServiceErrorOptions = {}) {
    super(422, message, { code: 'UNPROCESSABLE_ENTITY', ...options })
  }
}

/** 500 */
export class InternalServerError extends ServiceError {
  constructor(message: string, options: ServiceErrorOptions = {}) {
    super(500, message, { code: 'INTERNAL_SERVER_ERROR', ...options })
  }
}

/** 503 */
export class ServiceUnavailable extends ServiceError {
  constructor(message: string, options: ServiceErrorOptions = {}) {
    super(503, message, { code: 'SERVICE_UNAVAILABLE', ...options })
  }
}
