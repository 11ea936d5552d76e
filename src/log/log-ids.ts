import { compileIdFormat, type IdFormat } from './id-format.ts'

/** What ties a line to its request. */
export interface LogIds {
  readonly requestId: string
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  readonly isSampled: boolean
}

/** How trace and span are written. */
export interface IdFormats {
  readonly traceId: IdFormat
  readonly spanId: IdFormat
}

/** From `logging.access.format`. */
export function compileIdFormats(given: { traceId: string; spanId: string }): IdFormats {
  return {
    traceId: compileIdFormat(given.traceId, 32),
    spanId: compileIdFormat(given.spanId, 16),
  }
}

/** The ids as JSON fields after others; trace and span under the names of OpenTelemetry. None of them needs escapes. */
export function idFields(ids: LogIds, formats: IdFormats): string {
  return (
    `,"request_id":"${ids.requestId}","trace_id":"${formats.traceId(ids.traceId)}"` +
    `,"span_id":"${formats.spanId(ids.spanId)}","trace_flags":"${ids.isSampled ? '01' : '00'}"`
  )
}

/** The ids as BentoML ends a line of text with them. */
export function idText(ids: LogIds, formats: IdFormats): string {
  const { traceId, spanId, isSampled } = ids
  return `trace=${formats.traceId(traceId)},span=${formats.spanId(spanId)},sampled=${isSampled ? 1 : 0}`
}
