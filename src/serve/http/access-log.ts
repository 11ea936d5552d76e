import type { Logger } from '../../log/logger.ts'
import type { AppRequest, AppResponse } from '../app.ts'

/** `logging.access` of the service's options. */
export interface AccessLogOptions {
  readonly enabled: boolean
  readonly requestContentLength: boolean
  readonly requestContentType: boolean
  readonly responseContentLength: boolean
  readonly responseContentType: boolean
  /** Prefixes of paths that are not logged. */
  readonly skipPaths: readonly string[]
}

export interface Access {
  readonly request: AppRequest
  readonly path: string
  readonly response: AppResponse
  readonly durationMs: number
}

/** One line for each answer. */
export class AccessLog {
  readonly #options: AccessLogOptions
  readonly #logger: Logger

  constructor(options: AccessLogOptions, logger: Logger) {
    this.#options = options
    this.#logger = logger
  }

  write(access: Access): void {
    const { enabled, skipPaths } = this.#options
    const { request, path, response, durationMs } = access
    if (!enabled || skipPaths.some((prefix) => path.startsWith(prefix))) return
    this.#logger.info(
      {
        client: request.remote,
        method: request.method,
        path,
        ...this.#requestFields(request),
        status: response.status,
        ...this.#responseFields(response),
        ms: Math.round(durationMs * 1000) / 1000,
      },
      'access',
    )
  }

  #requestFields(request: AppRequest): Record<string, unknown> {
    const { requestContentLength, requestContentType } = this.#options
    const fields: Record<string, unknown> = {}
    if (requestContentType) fields.type = request.headers['content-type']
    if (requestContentLength) fields.length = request.headers['content-length']
    return fields
  }

  #responseFields(response: AppResponse): Record<string, unknown> {
    const { responseContentLength, responseContentType } = this.#options
    const fields: Record<string, unknown> = {}
    if (responseContentType) fields.responseType = response.headers['content-type']
    if (responseContentLength) fields.responseLength = response.headers['content-length']
    return fields
  }
}
