import type { Framing } from '../../service/stream.ts'
import { errorBodyOf } from '../http/responses.ts'

/** How the parts of a stream are written. */
export interface Frames {
  item(body: Buffer, id: number): Buffer
  /** Says that this was all. Absent: the end of the body says it. */
  readonly end?: Buffer
  /** Says why there is no more. Absent: a body that is cut off says it. */
  failure?(error: unknown): Buffer
}

const events: Frames = {
  item: (body, id) => Buffer.from(`id: ${id}\n${dataLines(body.toString())}\n`),
  end: Buffer.from('event: end\ndata:\n\n'),
  failure: (error) =>
    Buffer.from(`event: error\n${dataLines(JSON.stringify(errorBodyOf(error)))}\n`),
}

const chunks: Frames = { item: (body) => body }

export const framesOf: Readonly<Record<Framing, Frames>> = { chunks, sse: events }

/** A line break would end the event's line: each line is one of its own, and the client puts them together. */
function dataLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')
}
