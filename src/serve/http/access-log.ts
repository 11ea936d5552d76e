import type { LineLog } from '../../log/logger.ts'
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

/**
 * One line for each answer. Written by hand: an object through a logger costs a tenth of a small request's CPU, and
 * every line here has the same few fields.
 */
export class AccessLog {
  readonly #options: AccessLogOptions
  readonly #lines: LineLog

  constructor(options: AccessLogOptions, lines: LineLog) {
    this.#options = options
    this.#lines = lines
  }

  write({ request, path, response, durationMs }: Access): void {
    const { enabled, skipPaths } = this.#options
    if (!enabled || skipPaths.some((prefix) => path.startsWith(prefix))) return
    const { stream, head } = this.#lines
    const ms = Math.round(durationMs * 1000) / 1000
    stream.write(
      `${head()}${field('client', request.remote)}${field('method', request.method)}${field('path', path)}` +
        `${this.#requestFields(request)},"status":${response.status}${this.#responseFields(response)}` +
        `,"ms":${ms},"msg":"access"}\n`,
    )
  }

  #requestFields({ headers }: AppRequest): string {
    const { requestContentLength, requestContentType } = this.#options
    const type = requestContentType ? field('type', headers['content-type']) : ''
    return requestContentLength ? `${type}${field('length', headers['content-length'])}` : type
  }

  #responseFields({ headers }: AppResponse): string {
    const { responseContentLength, responseContentType } = this.#options
    const type = responseContentType ? field('responseType', headers['content-type']) : ''
    return responseContentLength
      ? `${type}${field('responseLength', headers['content-length'])}`
      : type
  }
}

/** `,"name":"value"`, or nothing for a header that was not sent. */
function field(name: string, value: string | readonly string[] | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`
}
