import { histogramSize } from '../../src/lib/histogram.ts'
import { batchLayout, batchReasons, waitBuckets } from '../../src/serve/observe/batch-series.ts'
import type { SeriesValues } from '../../src/serve/observe/counter-file.ts'
import type { Snapshot } from '../../src/serve/observe/snapshot.ts'

/** What happened between two snapshots, or was so at the later one. */
export interface Reading {
  /** Seconds since 1970. */
  readonly at: number
  readonly perSecond: number
  readonly failedPerSecond: number
  readonly refusedPerSecond: number
  /** Milliseconds; null where nothing was answered. */
  readonly latency: Percentiles
  /** Milliseconds that requests waited for their batch. */
  readonly wait: Percentiles
  readonly underWay: number
  readonly queuedRows: number
  readonly rowsPerBatch: number | null
  readonly batchesByReason: Readonly<Record<string, number>>
  /** 0 to 1. */
  readonly runnersBusy: number
  readonly workersBusy: number
  readonly memoryMb: number
}

interface Percentiles {
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
}

type Chooses = (series: SeriesValues) => boolean

const isAny: Chooses = () => true

/** By its tag: no method's name has a colon. */
const isModel: Chooses = ({ labels }) => labels['method']?.includes(':') ?? false

/** Undefined when the server has begun anew between the two. */
export function readingOf(before: Snapshot, after: Snapshot): Reading | undefined {
  const seconds = (after.at - before.at) / 1000
  const of = (kind: string, isOwn = isAny): number[] =>
    subtract(sum(after, kind, isOwn), sum(before, kind, isOwn))
  const own = (series: SeriesValues): boolean =>
    after.endpoints.includes(series.labels['endpoint'] ?? '')
  const requests = of('request', own)
  const failed = of('request', (one) => own(one) && (one.labels['code'] ?? '') >= '500')
  const batches = of('batch')
  if (seconds <= 0 || [...requests, ...batches].some((count) => count < 0)) return undefined
  const layout = batchLayout(after.buckets.batchRows)
  const modelRuns = of('batch', isModel)
  // A batch of a method lasts as long as the runs that it asks for: both would count the same time twice.
  const runs = countOf(modelRuns) > 0 ? modelRuns : batches
  const sent = batches.slice(layout.reasons, layout.reasons + batchReasons.length)
  const count = countOf(sent)
  return {
    at: after.at / 1000,
    perSecond: countOf(requests.slice(1)) / seconds,
    failedPerSecond: countOf(failed.slice(1)) / seconds,
    refusedPerSecond: countOf(of('refused')) / seconds,
    latency: percentiles(requests, after.buckets.durationSeconds),
    wait: percentiles(batches.slice(layout.wait), waitBuckets),
    underWay: countOf(sum(after, 'in_progress', own)),
    queuedRows: after.queuedRows,
    rowsPerBatch: count === 0 ? null : (batches[0] ?? 0) / count,
    batchesByReason: Object.fromEntries(batchReasons.map((name, at) => [name, sent[at] ?? 0])),
    runnersBusy: share((runs[layout.busySeconds] ?? 0) / seconds / after.slots),
    workersBusy: share(countOf(of('cpu')) / seconds / workersOf(after)),
    memoryMb: countOf(sum(after, 'memory')) / 2 ** 20,
  }
}

function sum({ series }: Snapshot, kind: string, isOwn = isAny): number[] {
  const some = series.filter((one) => one.kind === kind && isOwn(one))
  const length = Math.max(0, ...some.map(({ values }) => values.length))
  return Array.from({ length }, (_, at) =>
    some.reduce((total, { values }) => total + (values[at] ?? 0), 0),
  )
}

function subtract(after: readonly number[], before: readonly number[]): number[] {
  return after.map((value, at) => value - (before[at] ?? 0))
}

function countOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function workersOf({ series }: Snapshot): number {
  return Math.max(1, series.filter(({ kind }) => kind === 'cpu').length)
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value))
}

function percentiles(values: readonly number[], bounds: readonly number[]): Percentiles {
  const counts = values.slice(1, histogramSize(bounds))
  return {
    p50: percentile(counts, bounds, 0.5),
    p90: percentile(counts, bounds, 0.9),
    p99: percentile(counts, bounds, 0.99),
  }
}

/** As Prometheus reckons it: evenly spread within a bucket. */
function percentile(
  counts: readonly number[],
  bounds: readonly number[],
  part: number,
): number | null {
  const all = countOf(counts)
  if (all === 0) return null
  let below = 0
  for (const [at, count] of counts.entries()) {
    const low = bounds[at - 1] ?? 0
    const high = bounds[at] ?? low
    if (count > 0 && below + count >= part * all) {
      return 1000 * (low + (high - low) * ((part * all - below) / count))
    }
    below += count
  }
  return null
}
