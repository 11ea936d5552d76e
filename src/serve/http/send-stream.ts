import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'

/**
 * Writes a body as it comes, each part a chunk of its own, no faster than the client reads it. When the client leaves,
 * the source is ended at once, though it may be busy with the next part. The status has gone out by then: when the
 * source fails, cutting the connection is the only way left to say that the answer is not whole.
 */
export async function sendStream(
  response: ServerResponse,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const source = body[Symbol.asyncIterator]()
  const stop = (): void => {
    Promise.resolve(source.return?.()).catch(() => undefined)
  }
  if (response.closed) {
    stop()
    return
  }
  response.once('close', stop)
  try {
    await pump(response, source)
    response.off('close', stop)
    response.end()
  } catch {
    response.off('close', stop)
    response.destroy()
  }
}

async function pump(response: ServerResponse, source: AsyncIterator<Uint8Array>): Promise<void> {
  await untilAssigned(response)
  for (;;) {
    const step = await source.next()
    if (step.done === true || response.closed) return
    // A chunk of nothing would be the end of the body.
    if (step.value.length === 0) continue
    writeChunk(response, step.value)
    await untilDrained(response)
  }
}

/** Corked for itself: newer versions of Node make one chunk of all that is written within a turn. */
function writeChunk(response: ServerResponse, part: Uint8Array): void {
  response.cork()
  response.write(part)
  response.uncork()
}

/** Behind an answer that is not finished, on a connection where requests are sent without waiting, there is no socket. */
async function untilAssigned(response: ServerResponse): Promise<void> {
  if (!response.socket) await untilEvent(response, response, 'socket')
}

/** The socket knows: a corked response has room for every part that is small. */
async function untilDrained(response: ServerResponse): Promise<void> {
  const { socket } = response
  if (socket?.writableNeedDrain) await untilEvent(response, socket, 'drain')
}

function untilEvent(response: ServerResponse, emitter: EventEmitter, name: string): Promise<void> {
  if (response.closed) return Promise.resolve()
  return new Promise((resolve) => {
    const settle = (): void => {
      emitter.off(name, settle)
      response.off('close', settle)
      resolve()
    }
    emitter.on(name, settle)
    response.on('close', settle)
  })
}
