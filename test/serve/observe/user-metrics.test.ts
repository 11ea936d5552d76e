import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createLogger } from '../../../src/log/logger.ts'
import { CounterFile, readCounterFile } from '../../../src/serve/observe/counter-file.ts'
import { Recorder } from '../../../src/serve/observe/recorder.ts'
import { renderMetrics } from '../../../src/serve/observe/render-metrics.ts'
import { outlives, sumSeries } from '../../../src/serve/observe/sum-series.ts'
import { UserMetrics } from '../../../src/serve/observe/user-metrics.ts'
import {
  defineMetric,
  type GaugeAggregate,
  type MetricDefinition,
} from '../../../src/service/metrics/definition.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const buckets = { durationSeconds: [1], batchRows: [1] }
const labels = { service_name: 'iris' }

interface Kept {
  readonly definition: MetricDefinition
  readonly labels?: Record<string, string>
  /** The values of each worker. */
  readonly workers: readonly (readonly number[] | undefined)[]
}

/** What workers that kept these values have together; with `dead`, when the first of them is gone. */
async function textOf(kept: readonly Kept[], dead = false): Promise<string[]> {
  const folder = await temporaryFolder()
  const parts = await Promise.all(
    [0, 1].map(async (worker) => {
      const path = join(folder, String(worker))
      const file = new CounterFile(path)
      const recorder = new Recorder(file, buckets)
      for (const { definition, labels: own = {}, workers } of kept) {
        const values = workers[worker]
        if (!values) continue
        const series = recorder.user(definition, own, values.length)
        series.values.set(values)
        series.save()
      }
      file.close()
      const series = await readCounterFile(path)
      return dead && worker === 0 ? series.filter(outlives) : series
    }),
  )
  const text = await renderMetrics({
    namespace: 'bentoml',
    labels,
    buckets,
    series: sumSeries(parts),
  })
  return text.split('\n').filter((line) => line.includes('mine_'))
}

function gauge(aggregate: GaugeAggregate): MetricDefinition {
  return defineMetric('gauge', { name: 'mine_load', help: 'Load', aggregate })
}

test('sums counters and histograms over workers, the dead included, with their own labels alone', async () => {
  const counter = defineMetric('counter', {
    name: 'mine_total',
    help: 'Mine',
    labels: ['code', 'method'],
  })
  const histogram = defineMetric('histogram', { name: 'mine_size', help: 'Size', buckets: [1, 5] })
  const own = { code: 'a"b\\', method: 'x' }
  const lines = await textOf(
    [
      { definition: counter, labels: own, workers: [[3], [4]] },
      {
        definition: histogram,
        workers: [
          [2, 1, 0, 0],
          [9, 0, 0, 1],
        ],
      },
    ],
    true,
  )
  expect(lines).toEqual([
    '# HELP mine_total Mine',
    '# TYPE mine_total counter',
    String.raw`mine_total{code="a\"b\\",method="x"} 7`,
    '# HELP mine_size Size',
    '# TYPE mine_size histogram',
    'mine_size_bucket{le="1"} 1',
    'mine_size_bucket{le="5"} 1',
    'mine_size_bucket{le="+Inf"} 2',
    'mine_size_sum 11',
    'mine_size_count 2',
  ])
})

test.each([
  { aggregate: 'sum', workers: [[3], [4]], alive: 7, afterDeath: 4 },
  { aggregate: 'max', workers: [[5], [4]], alive: 5, afterDeath: 4 },
  { aggregate: 'min', workers: [[3], [4]], alive: 3, afterDeath: 4 },
  // The value, and 1 for a worker that has set it.
  {
    aggregate: 'avg',
    workers: [
      [3, 1],
      [4, 1],
    ],
    alive: 3.5,
    afterDeath: 4,
  },
  // The value, and when it was set.
  {
    aggregate: 'last',
    workers: [
      [3, 200],
      [4, 100],
    ],
    alive: 3,
    afterDeath: 3,
  },
] as const)('makes one gauge of several by $aggregate', async (gauges) => {
  const { aggregate, workers, alive, afterDeath } = gauges
  const kept = [{ definition: gauge(aggregate), workers }]
  expect((await textOf(kept)).at(-1)).toBe(`mine_load ${alive}`)
  expect((await textOf(kept, true)).at(-1)).toBe(`mine_load ${afterDeath}`)
})

test('shows the newest of two metrics of one name, as after a reload', async () => {
  const before = defineMetric('counter', { name: 'mine_total', help: 'Before' })
  const after = defineMetric('counter', { name: 'mine_total', help: 'After' })
  const lines = await textOf([
    { definition: before, workers: [[3]] },
    { definition: after, workers: [undefined, [4]] },
  ])
  expect(lines).toEqual(['# HELP mine_total After', '# TYPE mine_total counter', 'mine_total 4'])
})

test('writes a metric of many samples whole, with its head once', async () => {
  const definition = defineMetric('counter', { name: 'mine_total', help: 'Mine', labels: ['id'] })
  const kept = Array.from({ length: 2500 }, (_, id) => {
    return { definition, labels: { id: String(id) }, workers: [[id], [1]] }
  })
  const samples = kept.map((_, id) => `mine_total{id="${id}"} ${id + 1}`)
  await expect(textOf(kept)).resolves.toEqual([
    '# HELP mine_total Mine',
    '# TYPE mine_total counter',
    ...samples,
  ])
})

test('keeps the names of bento’s own', async () => {
  const folder = await temporaryFolder()
  const file = new CounterFile(join(folder, 'counters'))
  const { logger } = createLogger({ format: 'json', level: 'silent', fields: {} })
  const host = new UserMetrics({
    recorder: new Recorder(file, buckets),
    namespace: 'bentoml',
    logger,
  })
  const own = defineMetric('counter', { name: 'bentoml_request_total', help: 'Requests' })
  expect(() => host.admit(own)).toThrow(
    expect.objectContaining({
      code: 'METRIC_INVALID',
      message: expect.stringContaining('begin with "bentoml_"'),
    }),
  )
  expect(() => host.admit(gauge('sum'))).not.toThrow()
  file.close()
})
