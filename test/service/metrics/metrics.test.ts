import { expect, test } from '@jest/globals'
import type { MetricDefinition } from '../../../src/service/metrics/definition.ts'
import type { MetricHost } from '../../../src/service/metrics/host.ts'
import { bindMetricHost, metrics } from '../../../src/service/metrics/metrics.ts'

/** Keeps what metrics give it, as a worker would. */
class Collector implements MetricHost {
  readonly kept = new Map<string, Float64Array>()
  readonly warnings: string[] = []

  admit(): void {}

  series(
    { name }: MetricDefinition,
    labels: Readonly<Record<string, string>>,
    size: number,
  ): { values: Float64Array; save: () => void } {
    const values = new Float64Array(size)
    this.kept.set(`${name}${JSON.stringify(labels)}`, values)
    return { values, save: () => undefined }
  }

  warn(message: string): void {
    this.warnings.push(message)
  }

  of(name: string, labels: object = {}): number[] | undefined {
    const values = this.kept.get(`${name}${JSON.stringify(labels)}`)
    return values && [...values]
  }
}

function collect(): Collector {
  const collector = new Collector()
  bindMetricHost(collector)
  return collector
}

test('counts up, by labels', () => {
  const collector = collect()
  const cats = metrics.counter({ name: 'cats_total', help: 'Cats', labels: ['colour', 'age'] })
  cats.inc({ colour: 'black', age: 2 })
  cats.inc({ age: 2, colour: 'black' }, 3)
  cats.inc({ colour: 'white', age: 2 })
  expect(collector.of('cats_total', { colour: 'black', age: '2' })).toEqual([4])
  expect(collector.of('cats_total', { colour: 'white', age: '2' })).toEqual([1])
})

test('starts what has no labels at zero, for a rate needs a start', () => {
  const collector = collect()
  metrics.counter({ name: 'dogs_total', help: 'Dogs' })
  metrics.gauge({ name: 'leashes', help: 'Leashes' })
  metrics.gauge({ name: 'oldest', help: 'Oldest', aggregate: 'max' })
  expect(collector.of('dogs_total')).toEqual([0])
  expect(collector.of('leashes')).toEqual([0])
  expect(collector.of('oldest')).toBeUndefined()
})

test('sets gauges, and moves them up and down', () => {
  const collector = collect()
  const waiting = metrics.gauge({ name: 'waiting', help: 'Waiting' })
  waiting.set(5)
  waiting.inc()
  waiting.dec(4)
  expect(collector.of('waiting')).toEqual([2])
  const load = metrics.gauge({ name: 'load', help: 'Load', aggregate: 'avg' })
  load.set(0.5)
  load.set(0.25)
  expect(collector.of('load')).toEqual([0.25, 1])
})

test('counts the values of a histogram by bucket', () => {
  const collector = collect()
  const weights = metrics.histogram({ name: 'weight_grams', help: 'Weight', buckets: [1, 5] })
  for (const weight of [0.5, 5, 7]) weights.observe(weight)
  expect(collector.of('weight_grams')).toEqual([12.5, 1, 1, 1])
  const times = metrics.histogram({ name: 'nap_seconds', help: 'Naps', labels: ['where'] })
  const seconds = times.startTimer({ where: 'sofa' })()
  expect(seconds).toBeGreaterThanOrEqual(0)
  expect(collector.of('nap_seconds', { where: 'sofa' })?.[0]).toBe(seconds)
})

test('hands what was counted before there was a server to the first one only', () => {
  bindMetricHost(undefined)
  const early = metrics.counter({ name: 'early_total', help: 'Early' })
  early.inc(3)
  const first = collect()
  early.inc()
  expect(first.of('early_total')).toEqual([4])
  const second = collect()
  early.inc()
  expect(second.of('early_total')).toEqual([1])
  expect(first.of('early_total')).toEqual([4])
})

test('is the same metric when it is made again with the same options', () => {
  const collector = collect()
  const options = { name: 'twice_total', help: 'Twice' }
  metrics.counter(options).inc()
  metrics.counter(options).inc()
  expect(collector.of('twice_total')).toEqual([2])
})

test('bounds its series, and says so once', () => {
  const collector = collect()
  const users = metrics.counter({ name: 'users_total', help: 'Users', labels: ['id'] })
  for (let id = 0; id < 1010; id++) users.inc({ id })
  expect([...collector.kept.keys()].filter((key) => key.startsWith('users_total'))).toHaveLength(
    1001,
  )
  expect(collector.of('users_total', { id: '(other)' })).toEqual([10])
  expect(collector.warnings).toEqual([
    'Metric "users_total" has more than 1000 combinations of labels; the rest is counted as "(other)"',
  ])
})

test('keeps labels apart whatever is in them', () => {
  const collector = collect()
  const pairs = metrics.counter({ name: 'pairs_total', help: 'Pairs', labels: ['a', 'b'] })
  for (const [a, b] of [
    ['x\0y', 'z'],
    ['x', 'y\0z'],
    ['1 x', '1'],
    ['1', 'x1 1'],
  ] as const) {
    pairs.inc({ a, b })
    expect(collector.of('pairs_total', { a, b })).toEqual([1])
  }
})

test('keeps the start of a label that is a text of its own, and says so once', () => {
  const collector = collect()
  const long = metrics.counter({ name: 'long_total', help: 'Long', labels: ['prompt'] })
  long.inc({ prompt: 'x'.repeat(100_000) })
  long.inc({ prompt: 'x'.repeat(500) })
  long.inc({ prompt: `${'x'.repeat(500)}y` })
  expect(collector.of('long_total', { prompt: `${'x'.repeat(500)}…` })).toEqual([2])
  expect(collector.of('long_total', { prompt: 'x'.repeat(500) })).toEqual([1])
  expect(collector.warnings).toEqual([
    'Metric "long_total" was given a label of 100000 characters; 500 are kept',
  ])
})

test.each([
  [{ name: 'no spaces', help: 'x' }, 'its name is not letters'],
  [{ name: '1st', help: 'x' }, 'its name is not letters'],
  [{ name: 'a', help: ' ' }, 'it has no help'],
  [{ name: 'a', help: 'x', labels: ['a-b'] }, 'its label "a-b" is not letters'],
  [{ name: 'a', help: 'x', labels: ['__a'] }, 'its label "__a" is not letters'],
  [{ name: 'a', help: 'x', labels: ['a', 'a'] }, 'it has the same label twice'],
])('refuses %j', (options, why) => {
  expect(() => metrics.counter(options)).toThrow(
    expect.objectContaining({ code: 'METRIC_INVALID', message: expect.stringContaining(why) }),
  )
})

test('refuses buckets that do not ascend, "le" for a label, and unknown aggregates', () => {
  const make = { name: 'b', help: 'x' }
  expect(() => metrics.histogram({ ...make, buckets: [2, 1] })).toThrow('are not ascending')
  expect(() => metrics.histogram({ ...make, buckets: [] })).toThrow('are not ascending')
  expect(() => metrics.histogram({ ...make, labels: ['le'] })).toThrow('the one of its buckets')
  const aggregate: string = 'median'
  // @ts-expect-error -- because JavaScript may write anything
  expect(() => metrics.gauge({ ...make, aggregate })).toThrow('its aggregate is "median"')
})

test('refuses another metric of a name that is taken', () => {
  metrics.histogram({ name: 'taken_seconds', help: 'x' })
  expect(() => metrics.counter({ name: 'taken_seconds', help: 'x' })).toThrow('"taken_seconds"')
  expect(() => metrics.counter({ name: 'taken_seconds_sum', help: 'x' })).toThrow(
    'there is another',
  )
})

test('refuses wrong labels and wrong values', () => {
  const toys = metrics.counter({ name: 'toys_total', help: 'Toys', labels: ['kind'] })
  // @ts-expect-error -- because JavaScript may write anything
  expect(() => toys.inc()).toThrow('was given the labels "", and has "kind"')
  // @ts-expect-error -- because JavaScript may write anything
  expect(() => toys.inc({ kind: 'ball', size: 1 })).toThrow('"kind, size"')
  // @ts-expect-error -- because JavaScript may write anything
  expect(() => toys.inc({ kind: null })).toThrow('was given the labels "kind"')
  expect(() => toys.inc({ kind: 'ball' }, -1)).toThrow('a counter only goes up')
  expect(() => toys.inc({ kind: 'ball' }, Number.NaN)).toThrow('it takes finite numbers')
})
