import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { describeWith, missing } from '../../describe-with.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { serveSource, startSource } from './serve-source.ts'

// Each test bundles a service and starts real processes.
jest.setTimeout(60_000)

const source = `
import { api, metrics, service, tensor } from 'bentojs'

const cats = metrics.counter({ name: 'cats_total', help: 'Cats seen', labels: ['colour'] })
const oldest = metrics.gauge({ name: 'cat_age_years', help: 'The oldest cat', aggregate: 'max' })
const weights = metrics.histogram({ name: 'cat_weight_grams', help: 'What a cat weighs', buckets: [1000, 5000] })

@service({ workers: 2 })
export class Cats {
  @api()
  see() {
    cats.inc({ colour: 'black' })
    oldest.set(process.pid % 2)
    weights.observe(4000)
    return process.pid
  }

  @api({ batchable: true, input: { rows: tensor({ dtype: 'float32', shape: [null] }) } })
  each({ rows }) {
    return Array.from(rows.data)
  }

  @api()
  die() {
    process.kill(process.pid, 'SIGKILL')
  }
}
`

async function post(url: string, method: string, body = '{}'): Promise<unknown> {
  // A connection of its own, so that requests spread over workers.
  const headers = { connection: 'close', 'content-type': 'application/json' }
  const response = await fetch(`${url}/${method}`, { method: 'POST', headers, body })
  return response.json()
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`)
  expect(response.status).toBe(200)
  return response.text()
}

test('sums the metrics of the user over workers, exactly, when one of them is killed', async () => {
  const { url, server } = await serveSource(source)
  const pids = new Set<unknown>()
  for (let request = 0; request < 10; request++) pids.add(await post(url, 'see'))
  expect(pids.size).toBe(2)
  await expect(post(url, 'die')).rejects.toMatchObject({ message: 'fetch failed' })
  await server.printed(/Worker \d died: ended with SIGKILL/)
  const text = await scrape(url)
  expect(text).toContain('cats_total{colour="black"} 10\n')
  expect(text).toContain('cat_weight_grams_bucket{le="5000"} 10\n')
  expect(text).toContain('cat_weight_grams_sum 40000\n')
  expect(text).toMatch(/bentoml_worker_restarts_total\{reason="died",.*\} 1\n/)
  expect(text).toMatch(/bentoml_worker_restarts_total\{reason="hung",.*\} 0\n/)
  expect(text).toMatch(/bentoml_worker_resident_memory_bytes\{worker="[12]",.*\} \d{8,}\n/)
})

test('serves metrics and probes on a port of their own, and then no metrics with the API', async () => {
  const options = { metrics: { port: 0 }, workers: 1 }
  const { url, server } = await serveSource(source, {
    BENTO_CONFIG_OVERRIDES: JSON.stringify(options),
  })
  const [, probes = ''] = await server.printed(/Probes and metrics on (http:\S+)/)
  await post(url, 'see')
  expect(await scrape(probes)).toContain('cats_total{colour="black"} 1\n')
  const statusOf = async (path: string, method = 'GET'): Promise<number> =>
    (await fetch(path, { method })).status
  expect(await statusOf(`${url}/metrics`)).toBe(404)
  expect(await statusOf(`${url}/readyz`)).toBe(200)
  for (const path of ['livez', 'healthz', 'readyz']) {
    expect(await statusOf(`${probes}/${path}`)).toBe(200)
  }
  expect(await statusOf(`${probes}/see`, 'POST')).toBe(404)
  expect(await statusOf(`${probes}/livez`, 'POST')).toBe(405)
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
})

test('says which option to change when that port is in use', async () => {
  const { url } = await serveSource(source, { BENTO_CONFIG_OVERRIDES: '{"workers":1}' })
  const port = Number(new URL(url).port)
  const second = await startSource(source, {
    BENTO_CONFIG_OVERRIDES: JSON.stringify({ metrics: { port } }),
  })
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain('PORT_IN_USE')
  expect(second.output()).toContain('`metrics.port`')
})

interface Panel {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly { readonly expr: string }[]
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this repository wrote it
const dashboard = JSON.parse(
  readFileSync(new URL('../../../templates/grafana/bento.json', import.meta.url), 'utf8'),
) as { readonly panels: readonly Panel[] }
const queries = dashboard.panels.flatMap((panel) => panel.targets ?? []).map(({ expr }) => expr)

test('has every metric that the dashboard shows', async () => {
  const { url } = await serveSource(source)
  const names = new Set(
    [...(await scrape(url)).matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name],
    ),
  )
  const shown = queries.flatMap((expr) => expr.match(/\$\{namespace\}_\w+/g) ?? [])
  expect(shown.length).toBeGreaterThan(15)
  const unknown = shown.filter((name) => !names.has(name.replace('${namespace}', 'bentoml')))
  expect(unknown).toEqual([])
})

test('lays out the panels of the dashboard side by side, each under a number of its own', () => {
  const { panels } = dashboard
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24)
})

// Debian's package `prometheus` has it; .ci/run installs that.
describeWith('promtool', await missing('promtool'), () => {
  test('satisfies promtool', async () => {
    const { url } = await serveSource(source)
    await post(url, 'see')
    await post(url, 'each', '{"rows":[1]}')
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await scrape(url),
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('asks in the dashboard what Prometheus understands', async () => {
    const file = join(await temporaryFolder(), 'rules.json')
    const rules = queries.map((expr, index) => ({
      record: `panel:${index}`,
      expr: expr
        .replaceAll('${namespace}', 'bentoml')
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$service', '.+'),
    }))
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})
