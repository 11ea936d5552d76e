import type { SeriesValues } from './counter-file.ts'

// What prom-client's aggregation takes.
export interface Sample {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly aggregator: 'sum'
  readonly values: readonly Sample[]
}

/** Prometheus buckets are cumulative; ours count each observation once. */
export function histogramSamples(
  name: string,
  bounds: readonly number[],
  series: SeriesValues,
): Sample[] {
  const { labels, values } = series
  const [sum = 0, ...counts] = values
  let total = 0
  const buckets = [...bounds, '+Inf'].map((le, index) => {
    total += counts[index] ?? 0
    return { metricName: `${name}_bucket`, value: total, labels: { ...labels, le } }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, value: sum, labels },
    { metricName: `${name}_count`, value: total, labels },
  ]
}
