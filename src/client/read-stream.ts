import type { JsonSchema } from '../service/codec/codec.ts'
import { JsonSplitter } from './json-splitter.ts'
import { compileItem } from './read-answer.ts'
import type { WireResponse } from './transport.ts'

/** Reads the items of a streamed answer as they come. */
export type StreamReader = (response: WireResponse) => AsyncIterable<unknown>

/** Compiles the schema of a stream's items to what reads them. */
export function compileStream(name: string, schema: JsonSchema): StreamReader {
  if (schema['type'] === 'string') return schema['format'] === 'binary' ? readChunks : readText
  const read = compileItem(name, schema)
  return async function* readJson({ body }) {
    const splitter = new JsonSplitter()
    for await (const text of decode(body)) {
      for (const item of splitter.take(text)) yield read(item)
    }
    for (const item of splitter.rest()) yield read(item)
  }
}

function readChunks({ body }: WireResponse): AsyncIterable<unknown> {
  return body
}

function readText({ body }: WireResponse): AsyncIterable<unknown> {
  return decode(body)
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
