import type { BatchReport } from '../batching/batcher.ts'
import { type BatchRecorder, Recorder } from './recorder.ts'

/** A batch that has ended, as the dashboard lists it. */
export interface BatchEntry extends BatchReport {
  /** Of the method or the model. */
  readonly method: string
  /** Milliseconds since 1970. */
  readonly at: number
}

const mostEntries = 50

/** Remembers the last batches: while somebody develops the service, and never in production. */
export class WatchedRecorder extends Recorder {
  readonly #batches: BatchEntry[] = []

  /** The newest first. */
  get batches(): readonly BatchEntry[] {
    return this.#batches.toReversed()
  }

  override batch(method: string): BatchRecorder {
    const inner = super.batch(method)
    return {
      waited: (queuedMs) => inner.waited(queuedMs),
      ended: (report) => {
        inner.ended(report)
        this.#batches.push({ ...report, method, at: Date.now() })
        if (this.#batches.length > mostEntries) this.#batches.shift()
      },
    }
  }
}
