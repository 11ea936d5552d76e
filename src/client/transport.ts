/** One request, below the service's URL. */
export interface WireRequest {
  readonly method: 'GET' | 'POST'
  /** Begins with a slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

export interface WireResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array>
}

/** How a client reaches its service: over a socket, or by a call in the same process. */
export interface Transport {
  /** Throws a ClientError of code UNREACHABLE when nothing was sent, CONNECTION_LOST when something was. */
  send(request: WireRequest): Promise<WireResponse>
  close(): Promise<void>
}

export function headerOf({ headers }: WireResponse, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

export async function readBytes({ body }: WireResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
