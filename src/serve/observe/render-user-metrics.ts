import type { MetricDefinition } from '../../service/metrics/definition.ts'
import type { SeriesValues } from './counter-file.ts'
import { histogramSamples, type Metric, type Sample } from './samples.ts'
import { userDefinition, userValue } from './user-series.ts'

/** The metrics of the service's own code: by their own names, with their own labels alone. */
export function userMetrics(series: readonly SeriesValues[]): Metric[] {
  const byName = new Map<string, Kept>()
  for (const one of series) {
    const definition = userDefinition(one.kind)
    if (!definition) continue
    const known = byName.get(definition.name)
    // After a reload the old workers' metric of the same name may be another one: the newest is shown.
    const kept = known?.kind === one.kind ? known : { kind: one.kind, definition, samples: [] }
    kept.samples.push(...samplesOf(definition, one))
    byName.set(definition.name, kept)
  }
  return [...byName.values()].map(({ definition: { name, help, type }, samples }) => {
    return { name, help, type, aggregator: 'sum', values: samples }
  })
}

interface Kept {
  readonly kind: string
  readonly definition: MetricDefinition
  readonly samples: Sample[]
}

function samplesOf(definition: MetricDefinition, series: SeriesValues): Sample[] {
  const { name, type, bounds = [] } = definition
  if (type === 'histogram') return histogramSamples(name, bounds, series)
  return [{ value: userValue(definition, series.values), labels: series.labels }]
}
