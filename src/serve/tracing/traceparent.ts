/** What a caller says of the trace that its request belongs to. */
export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
  readonly isSampled: boolean
}

const form = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/
const length = 55
const noTrace = '0'.repeat(32)
const noSpan = '0'.repeat(16)

/** Reads the header of W3C Trace Context. What breaks its rules is as if it were not there. */
export function parseTraceparent(
  header: string | readonly string[] | undefined,
): TraceParent | undefined {
  if (typeof header !== 'string' || !form.test(header) || header.startsWith('ff')) return undefined
  // Only later versions may say more.
  if (header.startsWith('00') && header.length !== length) return undefined
  const traceId = header.slice(3, 35)
  const spanId = header.slice(36, 52)
  if (traceId === noTrace || spanId === noSpan) return undefined
  return { traceId, spanId, isSampled: Number.parseInt(header.slice(53, 55), 16) % 2 === 1 }
}
