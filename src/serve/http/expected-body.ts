import { type BodySource, clientLeft, isStreamed, readBody, streamBody } from './request-body.ts'

/** A body that its client holds back until `ask`: a request that its head already damns never brings it. */
export async function* expectedBody(
  request: BodySource,
  limitBytes: number,
  ask: () => void,
): AsyncIterable<Uint8Array> {
  ask()
  if (isStreamed(request)) yield* streamBody(request, limitBytes)
  else yield await readWhole(request, limitBytes)
}

function readWhole(request: BodySource, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request.once('close', () => request.complete || reject(clientLeft()))
    readBody(request, limitBytes, (body) => {
      if (Buffer.isBuffer(body)) resolve(body)
      else reject(body)
    })
  })
}
