import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { run, start, type Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/*
 * What scikit-learn itself answers (examples/iris/train.py wrote it down) against what the built example answers over
 * HTTP: 150 rows cut into batches, single rows joined into batches, and single rows alone.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))
const example = join(root, 'examples/iris')
const bento = join(root, 'bin/bento.js')

const Row = z.object({
  features: z.record(z.string(), z.number()),
  label: z.string(),
  probabilities: z.record(z.string(), z.number()),
})
type Row = z.infer<typeof Row>

let rows: Row[]
let env: Record<string, string>
let server: Started
let url: string

beforeAll(async () => {
  const text = await readFile(join(example, 'expected.json'), 'utf8')
  rows = z.array(Row).parse(JSON.parse(text))
  env = { BENTO_HOME: await temporaryFolder() }
  await bentoRun('models', 'import', join(example, 'iris_classifier.onnx'))
  const built = await bentoRun('build', example, '--no-check', '-o', 'tag')
  server = start(process.execPath, [bento, 'serve', built.trim(), '--port', '0'], {
    cwd: root,
    env,
  })
  url = (await server.printed(/http:\/\/127\.0\.0\.1:\d+/))[0]
}, 120_000)

afterAll(async () => {
  await server.interrupt()
})

test('knows what scikit-learn says of all 150 flowers', () => {
  expect(rows).toHaveLength(150)
})

test('classifies 150 flowers of one request as scikit-learn does', async () => {
  const answer = await classify(rows)
  expect(answer).toEqual(rows.map((row) => row.label))
})

test('classifies 150 flowers sent one by one as scikit-learn does', async () => {
  const answers: unknown[] = []
  for (const row of rows) answers.push(await classify([row]))
  expect(answers).toEqual(rows.map((row) => [row.label]))
}, 30_000)

test('classifies 150 flowers that arrive together as scikit-learn does, in batches', async () => {
  const before = await batchesSent()
  const answers = await Promise.all(rows.map((row) => classify([row])))
  expect(answers).toEqual(rows.map((row) => [row.label]))
  const batches = (await batchesSent()) - before
  expect(batches).toBeGreaterThanOrEqual(Math.ceil(150 / 32))
  expect(batches).toBeLessThan(150)
}, 30_000)

test('gives the probabilities of scikit-learn to 1e-5', async () => {
  const differences = await Promise.all(rows.map((row) => largestDifference(row)))
  expect(Math.max(...differences)).toBeLessThanOrEqual(1e-5)
}, 30_000)

async function bentoRun(...args: string[]): Promise<string> {
  return run(process.execPath, [bento, ...args], { cwd: root, env })
}

async function classify(flowers: readonly Row[]): Promise<unknown> {
  return post('/classify', { features: flowers.map((row) => row.features) })
}

/** Infinity where a class is missing or one too many is there. */
async function largestDifference({ features, probabilities }: Row): Promise<number> {
  const answer = z.record(z.string(), z.number()).parse(await post('/predict_proba', features))
  expect(Object.keys(answer).toSorted()).toEqual(Object.keys(probabilities).toSorted())
  const differences = Object.entries(probabilities).map(([name, value]) =>
    Math.abs((answer[name] ?? Infinity) - value),
  )
  return Math.max(...differences)
}

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

/** How many batches of `classify` have run, of whatever size. */
async function batchesSent(): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const counts = metrics
    .split('\n')
    .filter((line) => line.includes('adaptive_batch_size_count') && line.includes('"classify"'))
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
