import { type ClientTls, HttpTransport } from './http-transport.ts'
import { requireSuccess } from './read-answer.ts'
import { readBytes } from './transport.ts'

/** A service, and what it wants to see before it answers. */
export interface Place {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly tls?: ClientTls | undefined
}

const timeoutMs = 30_000

/** What a service answers at a path of its own, as `/livez`. Throws a ClientError. */
export async function readText({ url, headers = {}, tls }: Place, path: string): Promise<string> {
  const transport = new HttpTransport(url, { tls })
  const request = { method: 'GET', path, headers, body: Buffer.alloc(0) } as const
  try {
    const response = await transport.send({ ...request, signal: AbortSignal.timeout(timeoutMs) })
    await requireSuccess(response)
    return (await readBytes(response)).toString()
  } finally {
    await transport.close()
  }
}

/** The same of JSON, as `/docs.json`. */
export async function readDocument(place: Place, path: string): Promise<unknown> {
  return JSON.parse(await readText(place, path))
}
