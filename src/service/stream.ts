import { BentoError } from '../errors.ts'

/** How the items of a method that answers bit by bit are sent: each as a chunk of its own, or as an event. */
export type Framing = 'chunks' | 'sse'

export interface StreamFormat {
  readonly framing: Framing
  readonly contentType: string
}

interface StreamOptions {
  readonly stream?: Framing
  readonly contentType?: string
  readonly batchable?: boolean
}

const framings: ReadonlySet<unknown> = new Set(['chunks', 'sse'])
// BentoML's, whatever the items are.
const eventStream = 'text/event-stream; charset=utf-8'

/** Undefined for a method that answers at once. Throws SERVICE_INVALID. */
export function streamFormatOf(
  name: string,
  method: unknown,
  options: StreamOptions,
): StreamFormat | undefined {
  const { stream = isGenerator(method) ? 'chunks' : undefined, contentType } = options
  const problem = problemOf(stream, options)
  if (problem) throw invalid(`"${name}" ${problem.what}`, problem.hint)
  if (stream === undefined) return undefined
  return { framing: stream, contentType: contentType ?? eventStream }
}

interface StreamProblem {
  readonly what: string
  readonly hint: string
}

function problemOf(
  stream: Framing | undefined,
  { contentType, batchable = false }: StreamOptions,
): StreamProblem | undefined {
  if (stream === undefined) {
    if (contentType === undefined) return undefined
    return { what: 'is no stream, and has a contentType', hint: 'Leave `contentType` out.' }
  }
  if (!framings.has(stream)) {
    const what = `has ${JSON.stringify(stream)} as its \`stream\``
    return { what, hint: 'Write chunks or sse.' }
  }
  if (batchable) {
    return { what: 'is batchable, and a stream', hint: 'Leave one of the two out.' }
  }
  if (stream === 'chunks' || contentType === undefined) return undefined
  const what = 'has a contentType, and events have their own'
  return { what, hint: 'Leave `contentType` out.' }
}

function isGenerator(method: unknown): boolean {
  const kind = Object.prototype.toString.call(method)
  return kind === '[object AsyncGeneratorFunction]' || kind === '[object GeneratorFunction]'
}

function invalid(message: string, hint: string): BentoError {
  return new BentoError('SERVICE_INVALID', message, { hint })
}
