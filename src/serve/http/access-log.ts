import { type IdFormats, idFields, idText, type LogIds } from '../../log/log-ids.ts'
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
  readonly ids: LogIds
  readonly path: string
  /** That of the response, but for a stream that did not end well. */
  readonly status: number
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
  readonly #isOn: boolean

  constructor(options: AccessLogOptions, lines: LineLog) {
    this.#options = options
    this.#lines = lines
    this.#isOn = options.enabled && lines.isOn
  }

  write(access: Access): void {
    if (!this.#isOn || this.#isSkipped(access.path)) return
    const { stream, head, format, formats } = this.#lines
    const line = format === 'json' ? this.#toJson(access, formats) : this.#toText(access, formats)
    stream.write(head() + line)
  }

  #isSkipped(path: string): boolean {
    for (const prefix of this.#options.skipPaths) if (path.startsWith(prefix)) return true
    return false
  }

  #toJson(
    { request, ids, path, status, response, durationMs }: Access,
    formats: IdFormats,
  ): string {
    return (
      `${field('client', request.remote)}${field('method', request.method)}${field('path', path)}` +
      `${this.#requestFields(request)},"status":${status}${this.#responseFields(response)}` +
      `,"ms":${toMilliseconds(durationMs)}${idFields(ids, formats)},"msg":"access"}\n`
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

  /** As BentoML writes it. */
  #toText(
    { request, ids, path, status, response, durationMs }: Access,
    formats: IdFormats,
  ): string {
    const options = this.#options
    const asked = item('type', options.requestContentType, request.headers['content-type'])
    const sent = item('length', options.requestContentLength, request.headers['content-length'])
    const kind = item('type', options.responseContentType, response.headers['content-type'])
    const size = item('length', options.responseContentLength, response.headers['content-length'])
    return (
      `${request.remote ?? '_'} (scheme=${request.isSecure ? 'https' : 'http'},method=${request.method},path=${printable(path)}${asked}${sent})` +
      ` (status=${status}${kind}${size}) ${toMilliseconds(durationMs)}ms` +
      ` (${idText(ids, formats)},request=${ids.requestId})\n`
    )
  }
}

/** With three decimals; a whole number is many times faster to write than a fraction. */
function toMilliseconds(ms: number): string {
  const microseconds = Math.round(ms * 1000)
  const whole = Math.floor(microseconds / 1000)
  return `${whole}.${String(1000 + microseconds - whole * 1000).slice(1)}`
}

const plain = /^[ !#-[\]-~]*$/

/** `,"name":"value"`, or nothing for a header that was not sent. */
function field(name: string, value: string | readonly string[] | undefined): string {
  if (value === undefined) return ''
  // Nearly always: looking is faster than escaping.
  if (typeof value === 'string' && plain.test(value)) return `,"${name}":"${value}"`
  return `,"${name}":${JSON.stringify(value)}`
}

/** `,name=value`; a header that was not sent is empty. */
function item(name: string, isOn: boolean, value: string | readonly string[] | undefined): string {
  return isOn ? `,${name}=${printable(value ?? '')}` : ''
}

/** A line stays one line, and cannot command a terminal, whatever a client sends. */
function printable(value: string | readonly string[]): string {
  const text = String(value)
  return /[^\x20-\x7e]/.test(text)
    ? JSON.stringify(text)
        .slice(1, -1)
        .replaceAll(/[^\x20-\x7e]/g, escaped)
    : text
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
