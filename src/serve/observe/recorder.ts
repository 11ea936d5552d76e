import type { CounterFile, Series, SeriesKey } from './counter-file.ts'
import { histogramSize, observe } from './histogram.ts'

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
} as const

/** Counts one endpoint's requests. */
export interface EndpointRecorder {
  /** Makes the series of these statuses now, at zero: a rate needs a start. */
  expect(...statuses: number[]): void
  begin(): void
  /** Must run before the answer is written, so that an answer that arrived has been counted. */
  end(status: number, durationMs: number): void
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
        observe(series, buckets, durationMs / 1000)
        series.save()
        move(-1)
      },
    }
  }

  /** Writes what is under way. Not at every request: it means nothing once the process is gone. */
  saveGauges(): void {
    for (const gauge of this.#gauges) gauge.save()
  }

  /** Counts the rows of the batches of one method or model signature. */
  batch(method: string): (rows: number) => void {
    const buckets = this.#buckets.batchRows
    const key = { kind: seriesKinds.batch, labels: { method } }
    const series = this.#series(key, histogramSize(buckets))
    return (rows) => {
      observe(series, buckets, rows)
      series.save()
    }
  }

  #series(key: SeriesKey, size: number): Series {
    return this.#file.series(key, size)
  }
}
