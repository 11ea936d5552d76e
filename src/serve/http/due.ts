import { parseRequestTimeout, requestTimeoutHeader } from '../../lib/request-timeout.ts'
import type { AppRequest } from '../app.ts'

/** When a request has to be answered. */
export interface Due {
  readonly deadline: number
  /** It is the client's own: what would miss it is refused at once. */
  readonly isFirm: boolean
}

/** The earliest of what the host, the client and the service say. */
export function dueOf(request: AppRequest, now: number, timeoutMs: number): Due {
  const askedMs = parseRequestTimeout(request.headers[requestTimeoutHeader])
  const latest = request.deadline ?? now + timeoutMs
  if (askedMs === undefined || now + askedMs >= latest) {
    return { deadline: latest, isFirm: request.deadline !== undefined }
  }
  return { deadline: now + askedMs, isFirm: true }
}
