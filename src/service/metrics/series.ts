import { histogramSize, observe } from '../../lib/histogram.ts'
import type { MetricDefinition } from './definition.ts'
import type { CollectedSeries, MetricHost } from './host.ts'

/** The values of one combination of labels: in memory, until there is somebody who collects them. */
export class MetricSeries {
  readonly #definition: MetricDefinition
  readonly #labels: Readonly<Record<string, string>>
  #collected: CollectedSeries
  #host: MetricHost | undefined

  constructor(definition: MetricDefinition, labels: Readonly<Record<string, string>>) {
    this.#definition = definition
    this.#labels = labels
    this.#collected = inMemory(sizeOf(definition))
  }

  /** What was counted before there was a host is counted there; what one host has is not given to the next. */
  bind(host: MetricHost | undefined): void {
    if (host === this.#host) return
    const before = this.#collected.values
    this.#collected =
      host?.series(this.#definition, this.#labels, before.length) ?? inMemory(before.length)
    if (!this.#host) this.#collected.values.set(before)
    this.#host = host
    this.#collected.save()
  }

  add(by: number): void {
    this.set((this.#collected.values[0] ?? 0) + by)
  }

  set(value: number): void {
    const { values } = this.#collected
    values[0] = value
    if (this.#definition.aggregate === 'avg') values[1] = 1
    if (this.#definition.aggregate === 'last') values[1] = Date.now()
    this.#collected.save()
  }

  observe(value: number): void {
    observe(this.#collected.values, this.#definition.bounds ?? [], value)
    this.#collected.save()
  }
}

/** Histogram: sum, a count for each bucket and one for the rest. Gauge: its value, and what aggregating needs. */
function sizeOf({ type, bounds = [], aggregate }: MetricDefinition): number {
  if (type === 'histogram') return histogramSize(bounds)
  return aggregate === 'avg' || aggregate === 'last' ? 2 : 1
}

function inMemory(size: number): CollectedSeries {
  return { values: new Float64Array(size), save: () => undefined }
}
