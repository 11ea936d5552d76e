import { Readable } from 'node:stream'
import type { AppRequest, AppResponse } from '../../app.ts'
import type { HostedApp } from '../../create-app.ts'
import { readBody, tooLarge, unreadable } from '../../http/request-body.ts'
import type { HttpEvent } from './event.ts'

/** When an invocation must have ended, in milliseconds since 1970. */
export interface Invocation {
  readonly deadlineMs: number
}

// Lambda ends the process at its deadline: an answer that says so must come before.
const marginMs = 200

/** Answers one event. Nothing is thrown: what fails has a status. */
export async function invoke(
  app: HostedApp,
  event: HttpEvent,
  { deadlineMs }: Invocation,
): Promise<AppResponse> {
  const leftMs = deadlineMs - Date.now() - marginMs
  const abort = new AbortController()
  return app.handle({
    method: event.method,
    path: event.path,
    headers: event.headers,
    body: await decodedBody(event, app.maxBodySize),
    signal: abort.signal,
    deadline: performance.now() + leftMs,
    ...(event.remote !== undefined && { remote: event.remote }),
  })
}

/** Decompressed, and checked against the limit, as the HTTP server does it. */
function decodedBody(
  { headers, body }: HttpEvent,
  limitBytes: number,
): Promise<AppRequest['body']> {
  if (body.length > limitBytes) return Promise.resolve(unreadable(tooLarge(limitBytes)))
  if (headers['content-encoding'] === undefined) return Promise.resolve(body)
  const source = Object.assign(Readable.from([body]), { headers, complete: true })
  return new Promise((resolve) => {
    readBody(source, limitBytes, (read) => resolve(Buffer.isBuffer(read) ? read : unreadable(read)))
  })
}
