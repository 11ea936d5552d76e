import type { SeriesValues } from './counter-file.ts'
import type { Buckets } from './recorder.ts'
import type { BatchEntry } from './watched-recorder.ts'

/** What `/dashboard` draws, at one moment. Counts are since the start. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Routes of the service's own methods. */
  readonly endpoints: readonly string[]
  /** Model runs that may be under way at once. */
  readonly slots: number
  /** Rows that wait for a batch of a method. */
  readonly queuedRows: number
  readonly buckets: Buckets
  readonly series: readonly SeriesValues[]
  /** The newest first. */
  readonly batches: readonly BatchEntry[]
}
