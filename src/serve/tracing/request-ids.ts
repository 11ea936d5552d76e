import type { LogIds } from '../../log/log-ids.ts'
import type { AppRequest } from '../app.ts'
import { parseTraceparent, type TraceParent } from './traceparent.ts'
import type { RequestSpan } from './tracer.ts'

// Nothing here needs an escape in JSON or in a header.
const saneId = /^[\w.:+/=@-]{1,128}$/

/** Ids of one request. Made for every one, so each id is only found when it is asked for. */
export class RequestIds implements LogIds {
  readonly #request: Pick<AppRequest, 'headers'>
  #requestId: string | undefined
  #traceId: string | undefined
  #spanId: string | undefined
  #isSampled: boolean | undefined
  #parent: TraceParent | undefined | null = null
  #span: RequestSpan | undefined

  constructor(request: Pick<AppRequest, 'headers'>) {
    this.#request = request
  }

  /** The caller's `X-Request-Id`, else the span's id, as with BentoML. */
  get requestId(): string {
    return (this.#requestId ??= this.#sentId() ?? this.spanId)
  }

  get traceId(): string {
    return (this.#traceId ??= this.parent?.traceId ?? tracePart + this.spanId)
  }

  get spanId(): string {
    return (this.#spanId ??= createSpanId())
  }

  get isSampled(): boolean {
    return (this.#isSampled ??= this.parent?.isSampled ?? false)
  }

  /** Where the caller's trace has come to, if it sent a `traceparent`. */
  get parent(): TraceParent | undefined {
    if (this.#parent === null) this.#parent = parseTraceparent(this.#request.headers['traceparent'])
    return this.#parent
  }

  /** Absent where the request is not traced. */
  get span(): RequestSpan | undefined {
    return this.#span
  }

  /** A tracer has begun a span for the request; to be called before any id is read. */
  adopt(span: RequestSpan): void {
    this.#span = span
    this.#traceId = span.traceId
    this.#spanId = span.spanId
    this.#isSampled = span.isSampled
  }

  #sentId(): string | undefined {
    const sent = this.#request.headers['x-request-id']
    return typeof sent === 'string' && saneId.test(sent) ? sent : undefined
  }
}

/*
 * An id is a number that goes through all others before one comes again, and a random part of this process. Ids are no
 * secrets, so they need no cryptography. What varies stands where samplers of traces look: in the last 14 digits.
 */
const count = 0x1_0000_0000
const step = 0x9e_37_79_b9
const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const processPart = digitsOf(1 + Math.floor(Math.random() * (count - 1)))
const tracePart = digitsOf(Math.random() * count) + digitsOf(Math.random() * count)
let last = Math.floor(Math.random() * count)

function createSpanId(): string {
  last = (last + step) % count
  return digitsOf(last) + processPart
}

// By table: a number's own way to hexadecimal costs more than the rest of an access line.
function digitsOf(number: number): string {
  const [a, b] = [pairs[(number >>> 24) & 255], pairs[(number >>> 16) & 255]]
  return `${a}${b}${pairs[(number >>> 8) & 255]}${pairs[number & 255]}`
}
