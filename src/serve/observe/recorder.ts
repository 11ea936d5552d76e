import { histogramSize, observe, observeAt } from '../../lib/histogram.ts'
import type { MetricDefinition } from '../../service/metrics/definition.ts'
import type { BatchReport } from '../batching/batcher.ts'
import { batchLayout, batchReasons, errorBuckets, waitBuckets } from './batch-series.ts'
import type { CounterFile, Series, SeriesKey } from './counter-file.ts'
import { userKind } from './user-series.ts'

/** The bucket bounds of a service, fixed for its life. */
export interface Buckets {
  readonly durationSeconds: readonly number[]
  readonly batchRows: readonly number[]
}

/** Kinds of series in a counter file, as the renderer knows them. */
export const seriesKinds = {
  request: 'request',
  inProgress: 'in_progress',
  batch: 'batch',
  refused: 'refused',
  lag: 'lag',
  memory: 'memory',
  cpu: 'cpu',
  restart: 'restart',
} as const

/** Why a request is refused before it is run. */
const refusals = new Set<string>(['QUEUE_FULL', 'PREDICTED_LATE', 'EXPIRED', 'CONCURRENCY'])

/** Counts the batches of one method or model. */
export interface BatchRecorder {
  /** A request's batch has started. Kept in memory until the batch has ended. */
  waited(queuedMs: number): void
  ended(report: BatchReport): void
}

/** How a worker was doing within the last second. */
export interface WorkerUsage {
  /** How late its event loop was. */
  readonly lagSeconds: number
  readonly rssBytes: number
  /** Since its start. */
  readonly cpuSeconds: number
}

/** Counts one endpoint's requests. */
export interface EndpointRecorder {
  /** Makes the series of these statuses now, at zero: a rate needs a start. */
  expect(...statuses: number[]): void
  begin(): void
  /** The answer must wait until this resolves, so that what has arrived has been counted. */
  end(status: number, durationMs: number): Promise<void>
  /** The request ended with an error of this code; only refusals are counted. */
  failed(code: string): void
}

/** Where a worker's events are counted. */
export class Recorder {
  readonly #file: CounterFile
  readonly #buckets: Buckets
  readonly #gauges: Series[] = []

  constructor(file: CounterFile, buckets: Buckets) {
    this.#file = file
    this.#buckets = buckets
  }

  /** `endpoint` is a route as declared, never a path as sent: its values are bounded. */
  endpoint(endpoint: string): EndpointRecorder {
    const buckets = this.#buckets.durationSeconds
    const inProgress = this.#series({ kind: seriesKinds.inProgress, labels: { endpoint } }, 1)
    this.#gauges.push(inProgress)
    const byStatus = new Map<number, Series>()
    const seriesFor = (status: number): Series => {
      const key = { kind: seriesKinds.request, labels: { endpoint, code: String(status) } }
      const series = byStatus.get(status) ?? this.#series(key, histogramSize(buckets))
      byStatus.set(status, series)
      return series
    }
    const move = (by: number): void => {
      inProgress.values[0] = (inProgress.values[0] ?? 0) + by
    }
    return {
      expect: (...statuses) => statuses.forEach(seriesFor),
      begin: () => move(1),
      end: (status, durationMs) => {
        const series = seriesFor(status)
        observe(series.values, buckets, durationMs / 1000)
        move(-1)
        return series.saved()
      },
      failed: (reason) => {
        if (!refusals.has(reason)) return
        this.#count({ kind: seriesKinds.refused, labels: { endpoint, reason } })
      },
    }
  }

  /** What the process of this worker uses. */
  usage(worker: string): (usage: WorkerUsage) => void {
    const gauge = (kind: string): Series => {
      const series = this.#series({ kind, labels: { worker } }, 1)
      this.#gauges.push(series)
      return series
    }
    const lag = gauge(seriesKinds.lag)
    const memory = gauge(seriesKinds.memory)
    const cpu = gauge(seriesKinds.cpu)
    return ({ lagSeconds, rssBytes, cpuSeconds }) => {
      lag.values[0] = lagSeconds
      memory.values[0] = rssBytes
      cpu.values[0] = cpuSeconds
    }
  }

  /** A series of a metric of the user's own. */
  user(definition: MetricDefinition, labels: SeriesKey['labels'], size: number): Series {
    return this.#series({ kind: userKind(definition), labels }, size)
  }

  /** Writes what is under way. Not at every request: it means nothing once the process is gone. */
  saveGauges(): void {
    for (const gauge of this.#gauges) gauge.save()
  }

  batch(method: string): BatchRecorder {
    const { batchRows } = this.#buckets
    const layout = batchLayout(batchRows)
    const series = this.#series({ kind: seriesKinds.batch, labels: { method } }, layout.size)
    const { values } = series
    const add = (at: number, by: number): void => {
      values[at] = (values[at] ?? 0) + by
    }
    const wait = { from: layout.wait, buckets: waitBuckets }
    const error = { from: layout.error, buckets: errorBuckets }
    return {
      waited: (queuedMs) => observeAt(values, wait, queuedMs / 1000),
      ended: ({ rows, reason, durationMs, predictedMs, retries }) => {
        observe(values, batchRows, rows)
        if (predictedMs > 0 && durationMs > 0) {
          observeAt(values, error, Math.abs(predictedMs - durationMs) / durationMs)
        }
        add(layout.reasons + batchReasons.indexOf(reason), 1)
        add(layout.busySeconds, durationMs / 1000)
        add(layout.retries, retries)
        series.save()
      },
    }
  }

  #count(key: SeriesKey): void {
    const series = this.#series(key, 1)
    series.values[0] = (series.values[0] ?? 0) + 1
    series.save()
  }

  #series(key: SeriesKey, size: number): Series {
    return this.#file.series(key, size)
  }
}
