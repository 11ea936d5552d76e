import type { LogIds } from '../../log/log-ids.ts'
import type { AppRequest } from '../app.ts'
import type { JobTiming } from '../batching/job.ts'

/** One request in its trace. */
export interface RequestSpan extends LogIds {
  /** Calls `work` so that the spans it makes become children of this one. */
  run<Given extends unknown[]>(work: (...given: Given) => unknown, ...given: Given): unknown
  /** Adds what the request waited for: `arrivedAt` is the time at which it was queued, of `performance.now()`. */
  waited(arrivedAt: number, timing: JobTiming): void
  failed(error: unknown): void
  end(status: number): void
}

/** Begins and exports spans. Where tracing is off there is none, so that it costs nothing. */
export interface Tracer {
  /** Undefined for what is not to be traced. */
  begin(request: AppRequest, path: string): RequestSpan | undefined
  /** A span over a batch: a child of the first request's, linked to the others'. */
  runBatch<Given extends unknown[]>(
    spans: readonly RequestSpan[],
    work: (...given: Given) => unknown,
    ...given: Given
  ): Promise<unknown>
  /** Exports what has ended so far. */
  flush(): Promise<void>
  /** Exports what is left. */
  close(): Promise<void>
}
