import { isBentoError, type ErrorDetail } from '../../errors.ts'
import type { EncodedBody } from '../../service/codec/codec.ts'
import { isServiceError, type ServiceError } from '../../service/service-error.ts'
import type { AppResponse } from '../app.ts'
import { checkHeaders } from './draft.ts'

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

/** A method's answer. */
export function encodedResponse({ contentType, body, headers }: EncodedBody): AppResponse {
  if (!Buffer.isBuffer(body)) {
    return { status: 200, headers: { 'content-type': contentType, ...headers }, body }
  }
  const answer = bodyResponse(200, contentType, body)
  return headers ? withHeaders(answer, headers) : answer
}

/** The one place that answers an error. */
export function errorResponse(error: unknown): AppResponse {
  const body = errorBodyOf(error)
  if (isServiceError(error)) return withChosenHeaders(jsonResponse(error.status, body), error)
  if (!isBentoError(error)) return jsonResponse(500, body)
  const response = jsonResponse(error.status, body)
  return error.retryAfter === undefined ? response : withRetryAfter(response, error.retryAfter)
}

function withChosenHeaders(response: AppResponse, { headers }: ServiceError): AppResponse {
  try {
    return withHeaders(response, checkHeaders(headers))
  } catch (problem) {
    return errorResponse(problem)
  }
}

const hidden = 'The service failed; its log says more'

// These say why the service is not there for anybody; the rest above 499 is about its inside.
const publicCodes = new Set([
  'NOT_ALIVE',
  'NOT_READY',
  'QUEUE_FULL',
  'PREDICTED_LATE',
  'EXPIRED',
  'TIMEOUT',
])

/** What a client is told of an error. What is not meant for callers is hidden: the log has it. */
export function errorBodyOf(error: unknown): ErrorBody {
  if (isServiceError(error)) return errorBody(error.code, error.message, error.detail)
  if (!isBentoError(error)) return errorBody('INTERNAL', hidden)
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
  // For every answer of a method: two spreads take Node 20 ten times as long.
  return { ...response, headers: Object.assign({}, response.headers, headers) }
}
