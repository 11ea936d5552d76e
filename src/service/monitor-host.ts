import type { LogIds } from '../log/log-ids.ts'

/** What a monitored value is to the model. */
export type MonitorRole = 'feature' | 'prediction' | 'target'
export type MonitorType = 'numerical' | 'categorical' | 'numerical_sequence'

export interface MonitorColumn {
  readonly name: string
  readonly role: MonitorRole
  readonly type: MonitorType
}

/** One row of what a service monitors. */
export interface MonitorRecord {
  readonly monitor: string
  readonly columns: readonly MonitorColumn[]
  /** By the columns' names. */
  readonly values: Readonly<Record<string, unknown>>
  /** Undefined outside of a request, and in a batch of several. */
  readonly ids: LogIds | undefined
}

/** Keeps records. Never waits, never throws. */
export interface MonitorHost {
  /** Asked once for each record, before anything is kept for it. */
  isSampled(): boolean
  write(record: MonitorRecord): void
  /** The service's code does something odd. */
  warn(message: string): void
}

let bound: MonitorHost | undefined

/** Outside of a server nothing is monitored. */
export function bindMonitorHost(host: MonitorHost | undefined): void {
  bound = host
}

export function boundMonitorHost(): MonitorHost | undefined {
  return bound
}
