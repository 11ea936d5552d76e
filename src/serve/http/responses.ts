import { isBentoError, type BentoError, type ErrorDetail } from '../../errors.ts'
import { isServiceError } from '../../service/service-error.ts'
import type { AppResponse } from '../app.ts'

/** The body of every answer that is an error. `code` is the catalogue's key. */
interface ErrorBody {
  readonly error: string
  readonly code: string
  readonly detail?: readonly ErrorDetail[]
}

export function textResponse(status: number, text: string): AppResponse {
  return bodyResponse(status, 'text/plain; charset=utf-8', Buffer.from(text))
}

export function jsonResponse(status: number, value: unknown): AppResponse {
  return bodyResponse(status, 'application/json', Buffer.from(JSON.stringify(value)))
}

export function bodyResponse(status: number, contentType: string, body: Buffer): AppResponse {
  const headers = { 'content-type': contentType, 'content-length': String(body.length) }
  return { status, headers, body }
}

/** The one place that answers an error. What is not meant for callers is hidden: the log has it. */
export function errorResponse(error: unknown): AppResponse {
  if (isServiceError(error)) {
    const { code, message, detail, status } = error
    return withHeaders(jsonResponse(status, errorBody(code, message, detail)), error.headers)
  }
  if (!isBentoError(error)) return jsonResponse(500, errorBody('INTERNAL', hidden))
  const response = jsonResponse(error.status, publicBody(error))
  return error.retryAfter === undefined ? response : withRetryAfter(response, error.retryAfter)
}

const hidden = 'The service failed; its log says more'

// These say why the service is not there for anybody; the rest above 499 is about its inside.
const publicCodes = new Set(['NOT_READY', 'QUEUE_FULL', 'PREDICTED_LATE', 'EXPIRED', 'TIMEOUT'])

function publicBody(error: BentoError): ErrorBody {
  if (error.status < 500 || publicCodes.has(error.code)) {
    return errorBody(error.code, error.message, error.detail)
  }
  return errorBody(error.code, hidden)
}

function errorBody(code: string, error: string, detail?: readonly ErrorDetail[]): ErrorBody {
  return detail === undefined ? { error, code } : { error, code, detail }
}

function withRetryAfter(response: AppResponse, seconds: number): AppResponse {
  return withHeaders(response, { 'retry-after': String(seconds) })
}

export function withHeaders(
  response: AppResponse,
  headers: Readonly<Record<string, string>>,
): AppResponse {
  return { ...response, headers: { ...response.headers, ...headers } }
}
