import type { SeriesValues } from './counter-file.ts'
import { histogramSamples, type Metric, type Sample } from './samples.ts'
import { userDefinition, userValue } from './user-series.ts'

/** The metrics of the service's own code: by their own names, with their own labels alone. */
export function userMetrics(series: readonly SeriesValues[]): Metric[] {
  const byName = new Map<string, { kind: string; metric: Metric }>()
  for (const one of series) {
    const definition = userDefinition(one.kind)
    if (!definition) continue
    const { name, help, type } = definition
    const known = byName.get(name)
    const samples = samplesOf(definition, one)
    // After a reload the old workers' metric of the same name may be another one: the newest is shown.
    const before = known?.kind === one.kind ? known.metric.values : []
    const values = [...before, ...samples]
    byName.set(name, { kind: one.kind, metric: { name, help, type, aggregator: 'sum', values } })
  }
  return [...byName.values()].map(({ metric }) => metric)
}

function samplesOf(
  definition: NonNullable<ReturnType<typeof userDefinition>>,
  series: SeriesValues,
): Sample[] {
  const { name, type, bounds = [] } = definition
  if (type === 'histogram') return histogramSamples(name, bounds, series)
  return [{ value: userValue(definition, series.values), labels: series.labels }]
}
