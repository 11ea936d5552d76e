import type { RequestBody } from './codec.ts'

/** Reads a body when it is whole: at once, where it is. */
export function whenWhole<Value>(
  body: RequestBody,
  read: (body: Buffer) => Value,
): Value | Promise<Value> {
  return Buffer.isBuffer(body) ? read(body) : collect(body).then(read)
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
