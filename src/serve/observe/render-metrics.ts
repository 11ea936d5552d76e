import type { BentoManifest } from '../../store/manifest.ts'
import type { SeriesValues } from './counter-file.ts'
import { type Buckets, seriesKinds } from './recorder.ts'

export interface RenderInput {
  readonly namespace: string
  /** On every sample. */
  readonly labels: Readonly<Record<string, string>>
  readonly buckets: Buckets
  readonly series: readonly SeriesValues[]
}

interface Sample {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly aggregator: 'sum'
  readonly values: readonly Sample[]
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/** The labels that every sample of a bento has, named as BentoML names them. */
export function metricLabels(manifest: BentoManifest): Record<string, string> {
  const { name, version, service } = manifest
  return { service_name: name, service_version: version, runner_name: service }
}

/** The summed series as Prometheus text. */
export async function renderMetrics(input: RenderInput): Promise<string> {
  // Loaded at the first scrape: prom-client is 20 ms that a start does not have to pay.
  // The default export: inside a bundle, that is all that a dynamic import of a CommonJS package has.
  const { default: client } = await import('prom-client')
  return client.AggregatorRegistry.aggregate([metricsOf(input)]).metrics()
}

function metricsOf(input: RenderInput): Metric[] {
  const { namespace, buckets } = input
  const requests = pick(input, seriesKinds.request)
  const name = `${namespace}_request_duration_seconds`
  const batch = `${namespace}_runner_adaptive_batch_size`
  return [
    {
      name: `${namespace}_request_total`,
      help: 'Requests answered, by endpoint and status',
      type: 'counter',
      aggregator: 'sum',
      values: requests.map(({ labels, values }) => ({ value: countOf(values), labels })),
    },
    {
      name,
      help: 'Time from the whole request to its answer, in seconds',
      type: 'histogram',
      aggregator: 'sum',
      values: requests.flatMap((series) => histogram(name, buckets.durationSeconds, series)),
    },
    {
      name: `${namespace}_request_in_progress`,
      help: 'Requests under way',
      type: 'gauge',
      aggregator: 'sum',
      values: pick(input, seriesKinds.inProgress).map(({ labels, values }) => ({
        value: values[0] ?? 0,
        labels,
      })),
    },
    {
      name: batch,
      help: 'Rows in each batch that was run',
      type: 'histogram',
      aggregator: 'sum',
      values: pick(input, seriesKinds.batch).flatMap((series) =>
        histogram(batch, buckets.batchRows, series),
      ),
    },
  ]
}

/** The series of one kind, with BentoML's label names. */
function pick(input: RenderInput, kind: string): SeriesValues[] {
  return input.series
    .filter((series) => series.kind === kind)
    .map(({ values, labels }) => ({
      kind,
      values,
      labels: { ...toLabels(labels), ...input.labels },
    }))
}

function toLabels({ code, method, ...labels }: SeriesValues['labels']): Record<string, string> {
  return {
    ...labels,
    ...(code === undefined ? {} : { http_response_code: code }),
    ...(method === undefined ? {} : { method_name: method }),
  }
}

/** Prometheus buckets are cumulative; ours count each observation once. */
function histogram(name: string, bounds: readonly number[], series: SeriesValues): Sample[] {
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

function countOf(values: readonly number[]): number {
  return values.slice(1).reduce((sum, count) => sum + count, 0)
}
