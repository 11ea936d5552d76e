import { type Context, scopeOf } from '../../service/context.ts'
import { isCorrelating, runWithin } from '../../service/current-request.ts'
import { usesRecords, withRecords } from '../../service/open-records.ts'
import type { JobTiming } from '../batching/job.ts'
import type { RequestIds } from './request-ids.ts'
import type { RequestSpan, Tracer } from './tracer.ts'

type Method = (input: unknown, context: object) => unknown

/** Calls a service's methods so that their lines and their spans belong to the requests they work for. */
export class CallScope {
  readonly #tracer: Tracer | undefined
  readonly #spans = new WeakMap<Context, RequestSpan>()

  constructor(tracer: Tracer | undefined) {
    this.#tracer = tracer
  }

  /** To be called before the request is. Returns what its queue must fill in, where it is traced. */
  enter(context: Context, ids: RequestIds): JobTiming | undefined {
    if (ids.span === undefined) return undefined
    this.#spans.set(context, ids.span)
    return { queuedMs: 0, runMs: 0, batchRows: 0, reason: undefined }
  }

  call(method: Method, input: unknown, context: Context): unknown {
    return usesRecords()
      ? withRecords(context, () => this.#call(method, input, context))
      : this.#call(method, input, context)
  }

  #call(method: Method, input: unknown, context: Context): unknown {
    const span = this.#tracer && this.#spans.get(context)
    if (!isCorrelating()) {
      return span ? span.run(method, input, context) : method(input, context)
    }
    return span
      ? span.run(runWithin, context, method, input, context)
      : runWithin(context, method, input, context)
  }

  /** `requests` are those of the batch, `shared` is their context. */
  callBatch(method: Method, input: unknown, { requests, shared }: Batch): unknown {
    const scope = scopeOf(requests)
    const work = (): unknown =>
      isCorrelating() ? runWithin(scope, method, input, shared) : method(input, shared)
    const recorded = (): unknown => (usesRecords() ? withRecords(scope, work) : work())
    if (!this.#tracer) return recorded()
    const spans = requests.flatMap((request) => this.#spans.get(request) ?? [])
    return this.#tracer.runBatch(spans, recorded)
  }
}

interface Batch {
  readonly requests: readonly Context[]
  readonly shared: object
}
