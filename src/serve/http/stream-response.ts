import type { ResponseDraft } from '../../service/context-response.ts'
import type { StreamFormat } from '../../service/stream.ts'
import type { AppResponse } from '../app.ts'
import type { ItemStream } from '../streams/item-stream.ts'
import { withDraft } from './draft.ts'

/** An answer of which the first item is there. */
export function streamResponse(
  body: ItemStream,
  { contentType }: StreamFormat,
  draft: ResponseDraft | undefined,
): AppResponse {
  // A cache would keep what nobody will ask for again, and nginx would hold items back.
  const headers = {
    'content-type': contentType,
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  }
  try {
    return withDraft({ status: 200, headers, body }, draft)
  } catch (error) {
    endBody(body)
    throw error
  }
}

/** Tells the source of a body that nobody wants the rest. */
export function endBody(body: AppResponse['body']): void {
  if (Buffer.isBuffer(body)) return
  Promise.resolve(body[Symbol.asyncIterator]().return?.()).catch(() => undefined)
}
