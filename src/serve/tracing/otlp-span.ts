import { types } from 'node:util'
import type * as Api from '@opentelemetry/api'
import { isBentoError } from '../../errors.ts'
import type { JobTiming } from '../batching/job.ts'
import type { RequestSpan } from './tracer.ts'

export interface OtlpSpanInput {
  readonly api: typeof Api
  readonly tracer: Api.Tracer
  readonly span: Api.Span
  readonly parent: Api.Context
}

export class OtlpSpan implements RequestSpan {
  readonly #input: OtlpSpanInput
  /** Where children of this span begin. */
  readonly scope: Api.Context

  constructor(input: OtlpSpanInput) {
    this.#input = input
    this.scope = input.api.trace.setSpan(input.parent, input.span)
  }

  get context(): Api.SpanContext {
    return this.#input.span.spanContext()
  }

  get requestId(): string {
    return this.context.spanId
  }

  get traceId(): string {
    return this.context.traceId
  }

  get spanId(): string {
    return this.context.spanId
  }

  get isSampled(): boolean {
    return this.context.traceFlags % 2 === 1
  }

  run<Given extends unknown[]>(work: (...given: Given) => unknown, ...given: Given): unknown {
    return this.#input.api.context.with(this.scope, work, undefined, ...given)
  }

  waited(arrivedAt: number, timing: JobTiming): void {
    if (!this.#input.span.isRecording()) return
    const startedAt = arrivedAt + timing.queuedMs
    this.#past('queue', [arrivedAt, startedAt])
    this.#past('inference', [startedAt, startedAt + timing.runMs], batchAttributes(timing))
  }

  failed(error: unknown): void {
    const { span } = this.#input
    span.setAttribute('error.type', typeOf(error))
    if (types.isNativeError(error)) span.recordException(error)
  }

  end(status: number): void {
    const { span, api } = this.#input
    span.setAttribute('http.response.status_code', status)
    if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR })
    span.end()
  }

  /** A child that is over already. Times are of `performance.now()`, which the SDK tells from dates. */
  #past(name: string, [startTime, endTime]: readonly [number, number], attributes = {}): void {
    this.#input.tracer.startSpan(name, { startTime, attributes }, this.scope).end(endTime)
  }
}

/** Nothing for a call that was in no batch. */
function batchAttributes({ batchRows, reason }: JobTiming): Api.Attributes {
  return reason === undefined ? {} : { 'bento.batch.rows': batchRows, 'bento.batch.reason': reason }
}

function typeOf(error: unknown): string {
  if (isBentoError(error)) return error.code
  return types.isNativeError(error) ? error.name : 'Error'
}
