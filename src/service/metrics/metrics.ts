import { BentoError } from '../../errors.ts'
import {
  defineMetric,
  type GaugeOptions,
  type HistogramOptions,
  type MetricDefinition,
  type MetricOptions,
  sampleNames,
} from './definition.ts'
import type { MetricHost } from './host.ts'
import type { MetricSeries } from './series.ts'
import { SeriesTable } from './table.ts'

type LabelValue = string | number | boolean
type Labels<Label extends string> = Readonly<Record<Label, LabelValue>>
/** The labels come first, where the metric has any. */
type Given<Label extends string, Rest extends unknown[]> = [Label] extends [never]
  ? Rest
  : [labels: Labels<Label>, ...rest: Rest]

const tables = new Map<string, SeriesTable>()
let boundHost: MetricHost | undefined

/** Gives all metrics, older ones too, to whoever collects them here. Throws METRIC_INVALID. */
export function bindMetricHost(host: MetricHost | undefined): void {
  boundHost = host
  for (const table of tables.values()) table.bind(host)
}

/** Only goes up. */
export class Counter<Label extends string = never> {
  readonly #table: SeriesTable

  constructor(options: MetricOptions<Label>) {
    this.#table = tableOf('counter', options)
  }

  /** Throws METRIC_INVALID for wrong labels and for less than 0. */
  inc(...given: Given<Label, [by?: number]>): void {
    const { series, value } = read(this.#table, given, 1)
    if (value < 0) throw wrongValue(this.#table, value, 'a counter only goes up')
    series.add(value)
  }
}

/** Goes up and down. */
export class Gauge<Label extends string = never> {
  readonly #table: SeriesTable

  constructor(options: GaugeOptions<Label>) {
    this.#table = tableOf('gauge', options)
  }

  set(...given: Given<Label, [value: number]>): void {
    const { series, value } = read(this.#table, given)
    series.set(value)
  }

  inc(...given: Given<Label, [by?: number]>): void {
    const { series, value } = read(this.#table, given, 1)
    series.add(value)
  }

  dec(...given: Given<Label, [by?: number]>): void {
    const { series, value } = read(this.#table, given, 1)
    series.add(-value)
  }
}

/** Counts values by size. */
export class Histogram<Label extends string = never> {
  readonly #table: SeriesTable

  constructor(options: HistogramOptions<Label>) {
    this.#table = tableOf('histogram', options)
  }

  observe(...given: Given<Label, [value: number]>): void {
    const { series, value } = read(this.#table, given)
    series.observe(value)
  }

  /** Observes the seconds until the function that it gives is called, which gives them too. */
  startTimer(...given: Given<Label, []>): () => number {
    const { series } = read(this.#table, given, 0)
    const startedAt = performance.now()
    return () => {
      const seconds = (performance.now() - startedAt) / 1000
      series.observe(seconds)
      return seconds
    }
  }
}

/**
 * Metrics of a service's own, in `/metrics` beside bento's: summed over all workers, and exact when one is killed. Make
 * them once, at the top of a module; the same name with the same options is the same metric. Each throws METRIC_INVALID.
 *
 * @example
 * ```ts
 * const cats = metrics.counter({ name: 'cats_total', help: 'Cats seen', labels: ['colour'] })
 * cats.inc({ colour: 'black' })
 * ```
 */
export const metrics = {
  counter: <const Label extends string = never>(options: MetricOptions<Label>): Counter<Label> =>
    new Counter(options),
  gauge: <const Label extends string = never>(options: GaugeOptions<Label>): Gauge<Label> =>
    new Gauge(options),
  histogram: <const Label extends string = never>(
    options: HistogramOptions<Label>,
  ): Histogram<Label> => new Histogram(options),
} as const

function tableOf(
  type: MetricDefinition['type'],
  options: GaugeOptions<string> & HistogramOptions<string>,
): SeriesTable {
  const definition = defineMetric(type, options)
  const known = tables.get(definition.name)
  if (known && isSame(known.definition, definition)) return known
  const taken = sampleNames(definition).find(isTaken)
  if (taken !== undefined) throw nameTaken(definition, taken)
  const table = new SeriesTable(definition)
  if (boundHost) table.bind(boundHost)
  tables.set(definition.name, table)
  return table
}

function isSame(a: MetricDefinition, b: MetricDefinition): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isTaken(name: string): boolean {
  return [...tables.values()].some(({ definition }) => sampleNames(definition).includes(name))
}

interface Reading {
  readonly series: MetricSeries
  readonly value: number
}

function read(table: SeriesTable, given: readonly unknown[], fallback?: number): Reading {
  const [first, second] = given
  const hasLabels = typeof first === 'object' && first !== null
  const series = table.at(hasLabels ? first : undefined)
  const value = (hasLabels ? second : first) ?? fallback
  if (typeof value === 'number' && Number.isFinite(value)) return { series, value }
  throw wrongValue(table, value, 'it takes finite numbers')
}

function wrongValue({ definition }: SeriesTable, value: unknown, why: string): BentoError {
  const message = `Metric "${definition.name}" was given "${String(value)}": ${why}`
  return new BentoError('METRIC_INVALID', message, { hint: 'Give a number.' })
}

function nameTaken({ name }: MetricDefinition, taken: string): BentoError {
  return new BentoError(
    'METRIC_INVALID',
    `Metric "${name}" is not valid: there is another "${taken}"`,
    { hint: 'Make each metric once, or with the same options, and share it.' },
  )
}
