import { types } from 'node:util'

interface ErrorKind {
  /** Exit code of the command line: 1 the operation failed, 2 you wrote something wrong, 70 a bug, 130 interrupted. */
  readonly exit: 1 | 2 | 70 | 130
  /** HTTP status, where the error can reach a client of a service. */
  readonly status: number
}

/** Every error that bento foresees. A code is stable for ever and never reused. */
export const catalogue = {
  // What a person typed or wrote.
  USAGE: { exit: 2, status: 400 },
  TAG_INVALID: { exit: 2, status: 400 },
  TAG_AMBIGUOUS: { exit: 2, status: 400 },
  TARGET_NOT_FOUND: { exit: 2, status: 500 },
  BENTOFILE_NOT_FOUND: { exit: 2, status: 500 },
  BENTOFILE_INVALID: { exit: 2, status: 500 },
  CONFIG_INVALID: { exit: 2, status: 500 },
  SERVICE_NOT_FOUND: { exit: 2, status: 500 },
  SERVICE_INVALID: { exit: 2, status: 500 },
  SERVICE_AMBIGUOUS: { exit: 2, status: 500 },
  MODEL_UNDECLARED: { exit: 2, status: 500 },
  MODEL_INVALID: { exit: 2, status: 500 },
  MODEL_INPUT_INVALID: { exit: 2, status: 500 },
  METRIC_INVALID: { exit: 2, status: 500 },
  FRAMEWORK_UNKNOWN: { exit: 2, status: 500 },
  MODEL_UNSUPPORTED: { exit: 2, status: 500 },
  MODEL_UNTRUSTED: { exit: 2, status: 500 },
  GOLDEN_INVALID: { exit: 2, status: 500 },
  PROFILE_INVALID: { exit: 2, status: 500 },
  ENV_MISSING: { exit: 2, status: 500 },
  IMAGE_NAME_INVALID: { exit: 2, status: 500 },
  DEPLOYMENT_INVALID: { exit: 2, status: 500 },
  DEPLOY_TARGET_UNKNOWN: { exit: 2, status: 500 },
  IMAGE_MISSING: { exit: 2, status: 500 },
  CREDENTIALS_MISSING: { exit: 2, status: 500 },
  CLIENT_INVALID: { exit: 2, status: 500 },
  // What did not work.
  BUILD_FAILED: { exit: 1, status: 500 },
  TYPES_FAILED: { exit: 1, status: 500 },
  LOCKFILE_MISSING: { exit: 1, status: 500 },
  LOCK_DRIFTED: { exit: 1, status: 500 },
  LOCK_INVALID: { exit: 2, status: 500 },
  PACKAGE_MISSING: { exit: 1, status: 500 },
  MODEL_NOT_FOUND: { exit: 1, status: 500 },
  MODEL_EXISTS: { exit: 1, status: 500 },
  MODEL_IN_USE: { exit: 1, status: 500 },
  MODEL_LOAD_FAILED: { exit: 1, status: 500 },
  MODEL_RUN_FAILED: { exit: 1, status: 500 },
  MODEL_DIFFERS: { exit: 1, status: 500 },
  PYTHON_FAILED: { exit: 1, status: 500 },
  HUB_FAILED: { exit: 1, status: 500 },
  BENTO_NOT_FOUND: { exit: 1, status: 500 },
  BENTO_EXISTS: { exit: 1, status: 500 },
  BENTO_INVALID: { exit: 1, status: 500 },
  ARCHIVE_INVALID: { exit: 1, status: 500 },
  LINK_REFUSED: { exit: 1, status: 500 },
  FILE_NOT_FOUND: { exit: 1, status: 500 },
  FILE_FAILED: { exit: 1, status: 500 },
  STORE_FAILED: { exit: 1, status: 500 },
  DIGEST_MISMATCH: { exit: 1, status: 500 },
  REGISTRY_FAILED: { exit: 1, status: 500 },
  REGISTRY_DENIED: { exit: 1, status: 500 },
  CREDENTIALS_FAILED: { exit: 1, status: 500 },
  IMAGE_NOT_FOUND: { exit: 1, status: 500 },
  IMAGE_INVALID: { exit: 1, status: 500 },
  IMAGE_BUILD_FAILED: { exit: 1, status: 500 },
  PACKAGES_FAILED: { exit: 1, status: 500 },
  DOCKER_FAILED: { exit: 1, status: 500 },
  PORT_IN_USE: { exit: 1, status: 500 },
  LISTEN_FAILED: { exit: 1, status: 500 },
  STARTUP_FAILED: { exit: 1, status: 500 },
  SERVICE_UNREACHABLE: { exit: 1, status: 500 },
  WORKER_LOST: { exit: 1, status: 503 },
  DEPLOYMENT_NOT_FOUND: { exit: 1, status: 500 },
  DEPLOY_UNREACHABLE: { exit: 1, status: 500 },
  DEPLOY_REFUSED: { exit: 1, status: 500 },
  DEPLOY_CONFLICT: { exit: 1, status: 500 },
  DEPLOY_BUSY: { exit: 1, status: 500 },
  DEPLOY_FAILED: { exit: 1, status: 500 },
  DEPLOY_TIMEOUT: { exit: 1, status: 500 },
  // What a client of a service did.
  BODY_INVALID: { exit: 1, status: 400 },
  HEADER_INVALID: { exit: 1, status: 400 },
  REQUEST_MALFORMED: { exit: 1, status: 400 },
  INPUT_INVALID: { exit: 1, status: 400 },
  ORIGIN_REFUSED: { exit: 1, status: 400 },
  UNAUTHORIZED: { exit: 1, status: 401 },
  ROUTE_NOT_FOUND: { exit: 1, status: 404 },
  METHOD_NOT_ALLOWED: { exit: 1, status: 405 },
  REQUEST_TIMEOUT: { exit: 1, status: 408 },
  BODY_TOO_LARGE: { exit: 1, status: 413 },
  MEDIA_TYPE_UNSUPPORTED: { exit: 1, status: 415 },
  HEADERS_TOO_LARGE: { exit: 1, status: 431 },
  // What the service could not do for it.
  CONCURRENCY: { exit: 1, status: 429 },
  OUTPUT_INVALID: { exit: 1, status: 500 },
  NOT_ALIVE: { exit: 1, status: 503 },
  NOT_READY: { exit: 1, status: 503 },
  QUEUE_FULL: { exit: 1, status: 503 },
  PREDICTED_LATE: { exit: 1, status: 503 },
  EXPIRED: { exit: 1, status: 504 },
  TIMEOUT: { exit: 1, status: 504 },
  CANCELLED: { exit: 1, status: 499 },
  INTERRUPTED: { exit: 130, status: 503 },
  INTERNAL: { exit: 70, status: 500 },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof catalogue

/** One thing that is wrong with an input: what, where, and in words. */
export interface ErrorDetail {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
}

export interface BentoErrorOptions {
  /** One imperative sentence that the reader can act on. */
  readonly hint?: string
  readonly detail?: readonly ErrorDetail[]
  /** Seconds after which a client may try again; becomes `Retry-After`. */
  readonly retryAfter?: number
  readonly cause?: unknown
}

// The command line, a bento's own copy of the SDK and a runner thread each have their own copy of the class.
const brand = Symbol.for('bentojs.BentoError')

/** An error that bento foresees. A plain Error means a bug. */
export class BentoError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly detail: readonly ErrorDetail[] | undefined
  readonly retryAfter: number | undefined
  readonly [brand] = true

  constructor(code: ErrorCode, message: string, options: BentoErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'BentoError'
    this.code = code
    this.hint = options.hint
    this.detail = options.detail
    this.retryAfter = options.retryAfter
  }

  get exit(): number {
    return catalogue[this.code].exit
  }

  get status(): number {
    return catalogue[this.code].status
  }
}

export function isBentoError(value: unknown): value is BentoError {
  return typeof value === 'object' && value !== null && brand in value
}

/** An error as data: structured clone and JSON drop an error's class and its own fields. */
export interface WireError {
  readonly code?: ErrorCode
  readonly message: string
  readonly stack?: string
  readonly hint?: string
  readonly detail?: readonly ErrorDetail[]
  readonly retryAfter?: number
}

export function toWire(error: unknown): WireError {
  const message = messageOf(error)
  const stack = types.isNativeError(error) ? { stack: error.stack ?? message } : {}
  if (!isBentoError(error)) return { message, ...stack }
  return {
    code: error.code,
    message,
    ...stack,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
  }
}

export function fromWire(wire: WireError): Error {
  const { code, message, stack, ...options } = wire
  const error = code === undefined ? new Error(message) : new BentoError(code, message, options)
  if (stack !== undefined) error.stack = stack
  return error
}

export function messageOf(error: unknown): string {
  return types.isNativeError(error) || isBentoError(error) ? error.message : String(error)
}

/** True when `error` is a system error with this code, as `ENOENT`. */
export function isSystemError(error: unknown, code: string): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === code
}
