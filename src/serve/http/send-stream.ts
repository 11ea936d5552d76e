import type { ServerResponse } from 'node:http'

/**
 * Writes a body as it comes, no faster than the client reads it, and stops its source when the client leaves. The
 * status has gone out by then: when the source fails, cutting the connection is the only way left to say that the
 * answer is not whole.
 */
export async function sendStream(
  response: ServerResponse,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const chunk of body) {
      if (response.closed) return
      if (!response.write(chunk)) await untilDrained(response)
    }
    response.end()
  } catch {
    response.destroy()
  }
}

function untilDrained(response: ServerResponse): Promise<void> {
  if (response.closed) return Promise.resolve()
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
  })
}
