import type { Context } from './context.ts'
import { currentScope, setCorrelation } from './current-request.ts'
import type { MonitorField } from './monitor-record.ts'
import { recordOf, useRecords } from './open-records.ts'

// The bundler drops this module from a service that does not import `monitor`.
setCorrelation(true)
useRecords()

/** Gathers what a model was given and what it answered. */
export interface Monitor {
  /** Adds a value to the record. A second value of one column begins the next row. */
  log(value: unknown, field: MonitorField): void
  /** Adds a value to each row. */
  logBatch(values: Iterable<unknown>, field: MonitorField): void
  /** Writes the record now; else it is written when the method has answered. */
  end(): void
  [Symbol.dispose](): void
}

/**
 * What the calls of one method log to one name, from the first to its answer, is one record. Give the context where
 * `logging.correlate` is off.
 *
 * @example
 * ```ts
 * monitor('iris').log(5.1, { name: 'sepal_length', role: 'feature', type: 'numerical' })
 * monitor('iris').log('setosa', { name: 'species', role: 'prediction', type: 'categorical' })
 * ```
 */
export function monitor(name: string, context?: Context): Monitor {
  return recordOf(name, context ?? currentScope())
}
