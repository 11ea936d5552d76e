import { BentoError } from '../../errors.ts'
import type { NodeHandler } from '../../service/mount.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { noBody } from '../http/request-body.ts'

/** Hands the connection's own request and response over. Resolves when the handler has answered. */
export async function askNode(
  handler: NodeHandler | undefined,
  { native, path }: AppRequest,
  url: string,
): Promise<AppResponse> {
  if (!handler || !native) {
    throw new BentoError('ROUTE_NOT_FOUND', `What is mounted at "${path}" cannot be asked this way`)
  }
  const { request, response } = native
  // As express calls what it has been asked for.
  Object.assign(request, { url, originalUrl: path })
  await new Promise<void>((resolve, reject) => {
    response.once('close', resolve)
    const fail = (error: unknown): void => {
      if (response.headersSent) response.destroy()
      else reject(error)
    }
    callHandler(() => handler(request, response)).catch(fail)
  })
  const status = response.writableFinished ? response.statusCode : 499
  return { status, headers: sentHeaders(response.getHeaders()), body: noBody, isSent: true }
}

async function callHandler(work: () => unknown): Promise<void> {
  await work()
}

/** For the access log. */
function sentHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
  return Object.fromEntries(texts)
}
