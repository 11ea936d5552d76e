import { BentoError } from '../../errors.ts'

/** What a metric of a service's own is: fixed when it is made. */
export interface MetricDefinition {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** Names of its labels, in order. */
  readonly labels: readonly string[]
  /** Of a histogram: upper bounds of the buckets, ascending. */
  readonly bounds?: readonly number[]
  /** Of a gauge: how the values of several workers become one. */
  readonly aggregate?: GaugeAggregate
}

/**
 * `sum`, `max`, `min` and `avg` are over the workers that live; `last` is what was set last, by whichever worker, even
 * when it is gone.
 */
const gaugeAggregates = ['sum', 'max', 'min', 'avg', 'last'] as const
export type GaugeAggregate = (typeof gaugeAggregates)[number]

export interface MetricOptions<Label extends string> {
  /** As Prometheus shows it: letters, digits, "_" and ":". */
  readonly name: string
  readonly help: string
  /** Names of its labels. Their values should be few: each combination is a series of its own. */
  readonly labels?: readonly Label[]
}

export interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** How the values of several workers become one. Default: sum. */
  readonly aggregate?: GaugeAggregate
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Upper bounds, ascending. Default: from 0.005 to 10, for seconds. */
  readonly buckets?: readonly number[]
}

type AnyOptions = GaugeOptions<string> & HistogramOptions<string>

const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Throws METRIC_INVALID. */
export function defineMetric(
  type: MetricDefinition['type'],
  options: AnyOptions,
): MetricDefinition {
  const { name, help, labels = [] } = options
  const isHistogram = type === 'histogram'
  const problem =
    problemOfName(name) ??
    problemOfHelp(help) ??
    problemOfLabels(labels, isHistogram) ??
    problemOfValues(options)
  if (problem !== undefined) throw invalid(name, problem)
  const common = { name, help, type, labels: [...labels] }
  if (isHistogram) return { ...common, bounds: [...(options.buckets ?? defaultBuckets)] }
  return type === 'gauge' ? { ...common, aggregate: options.aggregate ?? 'sum' } : common
}

/** Names of the samples that it has in a scrape: no other metric may use one. */
export function sampleNames({ name, type }: Pick<MetricDefinition, 'name' | 'type'>): string[] {
  if (type !== 'histogram') return [name]
  return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]
}

function problemOfName(name: unknown): string | undefined {
  if (typeof name === 'string' && /^[A-Za-z_:][A-Za-z0-9_:]*$/.test(name)) return undefined
  return 'its name is not letters, digits, "_" and ":", not starting with a digit'
}

function problemOfHelp(help: unknown): string | undefined {
  return typeof help === 'string' && help.trim() !== '' ? undefined : 'it has no help'
}

function problemOfLabels(labels: readonly unknown[], isHistogram: boolean): string | undefined {
  for (const label of labels) {
    if (typeof label !== 'string' || !/^(?!__)[A-Za-z_][A-Za-z0-9_]*$/.test(label)) {
      return `its label "${String(label)}" is not letters, digits and "_", not starting with a digit or "__"`
    }
    if (isHistogram && label === 'le') return 'its label "le" is the one of its buckets'
  }
  return new Set(labels).size < labels.length ? 'it has the same label twice' : undefined
}

function problemOfValues({
  buckets = defaultBuckets,
  aggregate = 'sum',
}: AnyOptions): string | undefined {
  if (!isAscending(buckets)) return 'its buckets are not ascending numbers'
  if (gaugeAggregates.includes(aggregate)) return undefined
  return `its aggregate is "${aggregate}", not ${gaugeAggregates.join(', ')}`
}

function isAscending(buckets: readonly number[]): boolean {
  const isAfter = (bound: number, index: number): boolean =>
    Number.isFinite(bound) && bound > (buckets[index - 1] ?? -Infinity)
  return buckets.length > 0 && buckets.every(isAfter)
}

function invalid(name: unknown, problem: string): BentoError {
  return new BentoError('METRIC_INVALID', `Metric "${String(name)}" is not valid: ${problem}`, {
    hint: "Write metrics.counter({ name: 'cats_total', help: 'Cats seen', labels: ['colour'] }).",
  })
}
