import type { JsonSchema } from '../service/codec/codec.ts'
import { ClientError } from './client-error.ts'
import { readEvents } from './events.ts'
import { JsonSplitter } from './json-splitter.ts'
import { compileItem, errorOf } from './read-answer.ts'
import type { WireResponse } from './transport.ts'

/** Reads the items of a streamed answer as they come. */
export type StreamReader = (response: WireResponse) => AsyncIterable<unknown>

/** Compiles the schema of a stream's items to what reads them. */
export function compileStream(name: string, schema: JsonSchema): StreamReader {
  const isText = schema['type'] === 'string'
  const read = isText ? (text: string) => text : compileItem(name, schema)
  if (schema['framing'] === 'sse') return ({ body }) => readItems(name, decode(body), read)
  if (!isText) return ({ body }) => splitItems(decode(body), read)
  return ({ body }) => (schema['format'] === 'binary' ? body : decode(body))
}

type ItemReader = (text: string) => unknown

async function* splitItems(
  pieces: AsyncIterable<string>,
  read: ItemReader,
): AsyncGenerator<unknown, void> {
  const splitter = new JsonSplitter()
  for await (const piece of pieces) {
    for (const item of splitter.take(piece)) yield read(item)
  }
  for (const item of splitter.rest()) yield read(item)
}

/** Events say themselves whether they were all. */
async function* readItems(
  name: string,
  pieces: AsyncIterable<string>,
  read: ItemReader,
): AsyncGenerator<unknown, void> {
  for await (const { event, data } of readEvents(pieces)) {
    if (event === 'end') return
    if (event === 'error') throw errorOf(data, {})
    yield read(data)
  }
  throw new ClientError('CONNECTION_LOST', `The stream of "${name}" broke off`)
}

/** A character may be cut in two by the way. */
async function* decode(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield text
  }
  const last = decoder.decode()
  if (last !== '') yield last
}
