import { nextTurn } from '../../lib/functions.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import { batchLayout, batchReasons, errorBuckets, waitBuckets } from './batch-series.ts'
import type { SeriesValues } from './counter-file.ts'
import { type Buckets, seriesKinds } from './recorder.ts'
import { userMetrics } from './render-user-metrics.ts'
import { histogramSamples, type Metric, type Sample } from './samples.ts'

export interface RenderInput {
  readonly namespace: string
  /** On every sample. */
  readonly labels: Readonly<Record<string, string>>
  readonly buckets: Buckets
  readonly series: readonly SeriesValues[]
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
  const texts: string[] = []
  for (const metric of metricsOf(input)) {
    let text = ''
    for (const slice of slicesOf(metric)) {
      const part = await client.AggregatorRegistry.aggregate([[slice]]).metrics()
      text += text === '' ? part : part.replace(comments, '')
      if (slice.values.length === mostAtOnce) await nextTurn()
    }
    texts.push(text)
  }
  return texts.join('\n')
}

// A few milliseconds: whoever renders has connections to hand on too.
const mostAtOnce = 1000
const comments = /^(?:#.*\n)+/

/** A metric of many samples in several of fewer. */
function slicesOf(metric: Metric): Metric[] {
  const { values } = metric
  const slices: Metric[] = []
  for (let at = 0; at === 0 || at < values.length; at += mostAtOnce) {
    slices.push({ ...metric, values: values.slice(at, at + mostAtOnce) })
  }
  return slices
}

function metricsOf(input: RenderInput): Metric[] {
  const requests = pick(input, seriesKinds.request)
  const { durationSeconds } = input.buckets
  return [
    counter(input, 'request_total', {
      help: 'Requests answered, by endpoint and status',
      values: requests.map(({ labels, values }) => ({ value: countOf(values), labels })),
    }),
    histogramOf(input, 'request_duration_seconds', {
      help: 'Time from the whole request to its answer, in seconds',
      bounds: durationSeconds,
      series: requests,
    }),
    gauge(input, 'request_in_progress', {
      help: 'Requests under way',
      values: firsts(pick(input, seriesKinds.inProgress)),
    }),
    counter(input, 'request_refused_total', {
      help: 'Requests refused before they were run, by reason',
      values: firsts(pick(input, seriesKinds.refused)),
    }),
    gauge(input, 'event_loop_lag_seconds', {
      help: 'How late the event loop of each worker was within the last second',
      values: firsts(pick(input, seriesKinds.lag)),
    }),
    gauge(input, 'worker_resident_memory_bytes', {
      help: 'Memory of each worker that is not swapped out',
      values: firsts(pick(input, seriesKinds.memory)),
    }),
    counter(input, 'worker_cpu_seconds_total', {
      help: 'CPU time of each worker, user and system',
      values: firsts(pick(input, seriesKinds.cpu)),
    }),
    counter(input, 'worker_restarts_total', {
      help: 'Workers started in the place of another, by what had become of that',
      values: firsts(pick(input, seriesKinds.restart)),
    }),
    ...batchMetrics(input),
    ...userMetrics(input.series),
  ]
}

function batchMetrics(input: RenderInput): Metric[] {
  const batches = pick(input, seriesKinds.batch)
  const { batchRows } = input.buckets
  const layout = batchLayout(batchRows)
  const from = (at: number): SeriesValues[] =>
    batches.map((series) => ({ ...series, values: series.values.slice(at) }))
  return [
    histogramOf(input, 'runner_adaptive_batch_size', {
      help: 'Rows in each batch that was run',
      bounds: batchRows,
      series: from(layout.rows),
    }),
    histogramOf(input, 'runner_queue_wait_seconds', {
      help: 'Time that a request waited until its batch started',
      bounds: waitBuckets,
      series: from(layout.wait),
    }),
    histogramOf(input, 'runner_prediction_error_ratio', {
      help: 'Difference of the predicted and the real time of a batch, as a part of the real',
      bounds: errorBuckets,
      series: from(layout.error),
    }),
    counter(input, 'runner_batches_total', {
      help: 'Batches by the reason for which they were sent when they were',
      values: batches.flatMap(({ labels, values }) =>
        batchReasons.map((reason, index) => ({
          value: values[layout.reasons + index] ?? 0,
          labels: { ...labels, reason },
        })),
      ),
    }),
    counter(input, 'runner_busy_seconds_total', {
      help: 'Time that batches ran',
      values: firsts(from(layout.busySeconds)),
    }),
    counter(input, 'runner_rows_total', { help: 'Rows that were run', values: firsts(batches) }),
    counter(input, 'runner_retries_total', {
      help: 'Further runs that it took to find what made a batch fail',
      values: firsts(from(layout.retries)),
    }),
  ]
}

type Described = Pick<Metric, 'help' | 'values'>

function counter({ namespace }: RenderInput, name: string, described: Described): Metric {
  return { name: `${namespace}_${name}`, type: 'counter', aggregator: 'sum', ...described }
}

function gauge({ namespace }: RenderInput, name: string, described: Described): Metric {
  return { name: `${namespace}_${name}`, type: 'gauge', aggregator: 'sum', ...described }
}

interface DescribedHistogram {
  readonly help: string
  readonly bounds: readonly number[]
  readonly series: readonly SeriesValues[]
}

function histogramOf(
  { namespace }: RenderInput,
  name: string,
  { help, bounds, series }: DescribedHistogram,
): Metric {
  const full = `${namespace}_${name}`
  const values = series.flatMap((one) => histogramSamples(full, bounds, one))
  return { name: full, type: 'histogram', aggregator: 'sum', help, values }
}

function firsts(series: readonly SeriesValues[]): Sample[] {
  return series.map(({ labels, values }) => ({ value: values[0] ?? 0, labels }))
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

function countOf(values: readonly number[]): number {
  return values.slice(1).reduce((sum, count) => sum + count, 0)
}
