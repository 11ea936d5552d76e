import type { MetricDefinition } from './definition.ts'

/** Values that somebody collects. Change `values`, then `save`. */
export interface CollectedSeries {
  readonly values: Float64Array
  save(): void
}

/** What metrics ask of whoever collects them: a worker. */
export interface MetricHost {
  /** Throws METRIC_INVALID when the server has such a metric of its own. */
  admit(definition: MetricDefinition): void
  series(
    definition: MetricDefinition,
    labels: Readonly<Record<string, string>>,
    size: number,
  ): CollectedSeries
  warn(message: string): void
}
