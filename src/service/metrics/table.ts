import { BentoError } from '../../errors.ts'
import type { MetricDefinition } from './definition.ts'
import type { MetricHost } from './host.ts'
import { MetricSeries } from './series.ts'

// More than a dashboard can show, and little enough to keep and to send.
const mostSeries = 1000
const overflowValue = '(other)'
// A value that long names nothing, and every scrape would carry it.
const longestValue = 500

/** All series of one metric. */
export class SeriesTable {
  readonly definition: MetricDefinition
  readonly #series = new Map<string, MetricSeries>()
  #host: MetricHost | undefined
  #hasOverflown = false
  #hasCut = false

  constructor(definition: MetricDefinition) {
    this.definition = definition
    // A rate needs a start. A gauge that nobody has set has no value that would mean anything beside others.
    const { labels, aggregate = 'sum' } = definition
    if (labels.length === 0 && aggregate === 'sum') this.at(undefined)
  }

  /** Throws METRIC_INVALID when the host has such a metric of its own. */
  bind(host: MetricHost | undefined): void {
    host?.admit(this.definition)
    this.#host = host
    for (const series of this.#series.values()) series.bind(host)
  }

  /** Throws METRIC_INVALID when `labels` are not those that the metric was made with. */
  at(labels: object | undefined): MetricSeries {
    const key = this.#keyOf(labels)
    return this.#series.get(key) ?? this.#create(key, labels)
  }

  // Label values are written into one text: no object is made for a series that is known.
  #keyOf(labels: object = {}): string {
    const names = this.definition.labels
    let key = ''
    for (const name of names) {
      const value = this.#valueOf(labels, name)
      // With its length: two values never read as two others.
      key += `${value.length} ${value}`
    }
    if (Object.keys(labels).length > names.length) throw this.#wrongLabels(labels)
    return key
  }

  #valueOf(labels: object, name: string): string {
    const value: unknown = Object.hasOwn(labels, name) ? Reflect.get(labels, name) : undefined
    if (typeof value === 'string') return value.length > longestValue ? this.#cut(value) : value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw this.#wrongLabels(labels)
  }

  #create(key: string, labels: object = {}): MetricSeries {
    if (this.#series.size >= mostSeries) return this.#overflow()
    const { definition } = this
    const values: Record<string, string> = {}
    for (const name of definition.labels) values[name] = this.#valueOf(labels, name)
    return this.#add(key, values)
  }

  #cut(value: string): string {
    if (!this.#hasCut) {
      this.#warn(`was given a label of ${value.length} characters; ${longestValue} are kept`)
    }
    this.#hasCut = true
    return `${value.slice(0, longestValue)}…`
  }

  #overflow(): MetricSeries {
    if (!this.#hasOverflown) {
      this.#warn(
        `has more than ${mostSeries} combinations of labels; the rest is counted as "${overflowValue}"`,
      )
    }
    this.#hasOverflown = true
    const labels = Object.fromEntries(this.definition.labels.map((name) => [name, overflowValue]))
    const key = this.#keyOf(labels)
    return this.#series.get(key) ?? this.#add(key, labels)
  }

  #add(key: string, labels: Readonly<Record<string, string>>): MetricSeries {
    const series = new MetricSeries(this.definition, labels)
    series.bind(this.#host)
    this.#series.set(key, series)
    return series
  }

  #warn(what: string): void {
    this.#host?.warn(`Metric "${this.definition.name}" ${what}`)
  }

  #wrongLabels(labels: object): BentoError {
    const { name, labels: names } = this.definition
    const given = Object.keys(labels).join(', ')
    const message = `Metric "${name}" was given the labels "${given}", and has "${names.join(', ')}"`
    return new BentoError('METRIC_INVALID', message, {
      hint: 'Give each of its labels a text or a number, and no others.',
    })
  }
}
