import type { MonitorRecord } from '../../service/monitor-host.ts'

/** A record and when it was made, in milliseconds since 1970. */
export type TimedRecord = MonitorRecord & { readonly time: number }

/** Where records go. */
export interface MonitorSink {
  write(record: TimedRecord): void
  /** Writes what is left. */
  flush(): Promise<void>
}
