import { BentoError } from '../../errors.ts'
import type { Logger } from '../../log/logger.ts'
import { type MetricDefinition, sampleNames } from '../../service/metrics/definition.ts'
import type { CollectedSeries, MetricHost } from '../../service/metrics/host.ts'
import type { Recorder } from './recorder.ts'

export interface UserMetricsInput {
  readonly recorder: Recorder
  readonly namespace: string
  readonly logger: Logger
}

/** Collects the metrics of a service's own code where bento's are counted. */
export class UserMetrics implements MetricHost {
  readonly #input: UserMetricsInput

  constructor(input: UserMetricsInput) {
    this.#input = input
  }

  admit(definition: MetricDefinition): void {
    const prefix = `${this.#input.namespace}_`
    if (!sampleNames(definition).some((name) => name.startsWith(prefix))) return
    throw new BentoError(
      'METRIC_INVALID',
      `Metric "${definition.name}" is not valid: the names of bento's own begin with "${prefix}"`,
      { hint: 'Give it another name, or change `metrics.namespace`.' },
    )
  }

  series(
    definition: MetricDefinition,
    labels: Readonly<Record<string, string>>,
    size: number,
  ): CollectedSeries {
    return this.#input.recorder.user(definition, labels, size)
  }

  warn(message: string): void {
    this.#input.logger.warn(message)
  }
}
