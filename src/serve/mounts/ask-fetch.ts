import type { FetchHandler } from '../../service/mount.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { noBody } from '../http/request-body.ts'

/** Asks a handler of Web standards. */
export async function askFetch(
  handler: FetchHandler,
  request: AppRequest,
  url: string,
): Promise<AppResponse> {
  return toAppResponse(await handler(await toWebRequest(request, url)), request.method)
}

async function toWebRequest(request: AppRequest, url: string): Promise<Request> {
  const { method, signal } = request
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const body = hasBody ? await bufferOf(request.body) : null
  return new Request(new URL(url, originOf(request)), {
    method,
    headers: headersOf(request),
    body,
    signal,
  })
}

async function bufferOf(body: AppRequest['body']): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What the client calls the server; a name that is none is not. */
function originOf({ headers, isSecure }: AppRequest): string {
  const scheme = isSecure ? 'https' : 'http'
  const origin = `${scheme}://${String(headers['host'] ?? 'localhost')}`
  return URL.canParse(origin) ? origin : `${scheme}://localhost`
}

function headersOf(request: AppRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) headers.append(name, one)
  }
  return headers
}

// What belongs to a connection is the server's to say.
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'set-cookie'])

function toAppResponse(response: Response, method: string): AppResponse {
  const { status, body } = response
  const kept = [...response.headers].filter(([name]) => !hopByHop.has(name))
  const cookies = response.headers.getSetCookie()
  return {
    status,
    headers: Object.fromEntries(kept),
    ...(cookies.length > 0 && { cookies }),
    body: body === null || method === 'HEAD' ? noBody : body,
  }
}
