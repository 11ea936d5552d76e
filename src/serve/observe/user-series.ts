import type { GaugeAggregate, MetricDefinition } from '../../service/metrics/definition.ts'

const prefix = 'user '

/** A user's metric as a kind of series: whoever reads the file need not know the service to render it. */
export function userKind(definition: MetricDefinition): string {
  return prefix + JSON.stringify(definition)
}

// A metric may have a thousand series, and each is asked several times a scrape.
const definitions = new Map<string, MetricDefinition>()

/** Undefined for what is bento's own. */
export function userDefinition(kind: string): MetricDefinition | undefined {
  if (!kind.startsWith(prefix)) return undefined
  const known = definitions.get(kind) ?? parseKind(kind)
  definitions.set(kind, known)
  return known
}

function parseKind(kind: string): MetricDefinition {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because userKind wrote it
  return JSON.parse(kind.slice(prefix.length)) as MetricDefinition
}

type Values = readonly number[]

const sum = (a: Values, b: Values): Values => a.map((value, index) => value + (b[index] ?? 0))
const first = ([value = 0]: Values): number => value
const second = ([, value = 0]: Values): number => value

const combiners: Readonly<Record<GaugeAggregate, (a: Values, b: Values) => Values>> = {
  sum,
  // The value, and how many there are: added up like a sum, divided when it is shown.
  avg: sum,
  max: (a, b) => (first(b) > first(a) ? b : a),
  min: (a, b) => (first(b) < first(a) ? b : a),
  // The value, and when it was set.
  last: (a, b) => (second(b) >= second(a) ? b : a),
}

/** One series from those of two workers. */
export function combineUser({ aggregate = 'sum' }: MetricDefinition, a: Values, b: Values): Values {
  return combiners[aggregate](a, b)
}

/** The value of a gauge or counter. */
export function userValue({ aggregate }: MetricDefinition, values: Values): number {
  return aggregate === 'avg' ? first(values) / Math.max(1, second(values)) : first(values)
}
