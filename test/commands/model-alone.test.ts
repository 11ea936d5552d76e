import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { z } from 'zod'
import type { App } from '../../src/serve/app.ts'
import { readCases, unpack } from '../models/tree-cases.ts'
import { start } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { cwdWithModels } from './fill-store.ts'
import { runBento } from './run-bento.ts'

// Each test bundles a service, and some start real processes.
jest.setTimeout(60_000)

const repository = fileURLToPath(new URL('../..', import.meta.url))
const bin = join(repository, 'bin/bento.js')
const names = ['amount', 'age', 'hour', 'distance', 'tries']

const Model = z.looseObject({ learner: z.record(z.string(), z.unknown()) })
const Built = z.object({ tag: z.string(), path: z.string() })
const Packages = z.object({ dependencies: z.record(z.string(), z.string()) })

interface Trained {
  readonly cwd: string
  /** As JSON has them: null is a missing value. */
  readonly rows: readonly (readonly (number | null)[])[]
  readonly label: readonly number[]
  readonly probabilities: readonly number[]
}

/** A classifier that XGBoost trained, whose features have names, in `fraud.json`; rows and what XGBoost says of them. */
async function trainedModel(): Promise<Trained> {
  const cwd = await temporaryFolder()
  const found = readCases('xgboost').find(({ name }) => name === 'early stopping, classifier')
  if (!found?.label || !found.probabilities) throw new Error('the fixture lacks its answers')
  const model = Model.parse(JSON.parse(Buffer.from(found.model, 'base64').toString()))
  model.learner['feature_names'] = names
  await writeFile(join(cwd, 'fraud.json'), JSON.stringify(model))
  const cells = Array.from(unpack(found.rows))
  const rows = found.label.shape[0] ?? 0
  return {
    cwd,
    rows: Array.from({ length: rows }, (_, row) =>
      cells.slice(row * 5, row * 5 + 5).map((cell) => (Number.isNaN(cell) ? null : cell)),
    ),
    label: Array.from(unpack(found.label)),
    probabilities: Array.from(unpack(found.probabilities)),
  }
}

function byName(row: readonly (number | null)[]): Record<string, number | null> {
  return Object.fromEntries(names.map((name, at) => [name, row[at] ?? null]))
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function openApp(path: string): Promise<{ ask: typeof ask; app: App }> {
  const url = pathToFileURL(join(path, 'dist', 'service.mjs')).href
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because every bento exports this
  const module = (await import(url)) as { createApp(options: object): Promise<App> }
  const app = await module.createApp({ packageRoots: [repository] })
  const ask = async (route: string, body?: unknown): Promise<Answer> => {
    const answer = await app.handle({
      method: body === undefined ? 'GET' : 'POST',
      path: route,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body ?? '')),
      signal: new AbortController().signal,
    })
    return {
      status: answer.status,
      body: JSON.parse(Buffer.isBuffer(answer.body) ? answer.body.toString() : ''),
    }
  }
  return { ask, app }
}

test('serves a file, with endpoints of its own columns and labels', async () => {
  const { cwd, rows, label } = await trainedModel()
  const env = { BENTO_HOME: join(cwd, 'home') }
  const args = [bin, 'serve', '--model', 'fraud.json', '--port', '0']
  const served = start(process.execPath, args, { cwd, env })
  try {
    const [, tag] = await served.printed(/Stored fraud.json as (fraud:\w+)\n/)
    const [, url = ''] = await served.printed(/Serving on (http:\S+)\n/)
    await served.printed(/Try: {2}curl http:\S+\/predict /)
    const ask = async (features: unknown): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ features })
      return (await fetch(`${url}/predict`, { method: 'POST', headers, body })).json()
    }
    const finite = rows.filter((row) => row.every((cell) => cell === null || Number.isFinite(cell)))
    expect(finite.length).toBeGreaterThan(20)
    const expected = rows.flatMap((row, at) => (finite.includes(row) ? [label[at]] : []))
    expect(await ask(finite.map(byName))).toEqual(expected)
    expect(await ask(finite)).toEqual(expected)
    expect(await Promise.all(finite.map((row) => ask([byName(row)])))).toEqual(
      expected.map((one) => [one]),
    )
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain(`adaptive_batch_size_count{`)
    expect(metrics).toContain(String(tag))
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

test('builds a bento of a model, which needs no package', async () => {
  const { cwd, rows, probabilities } = await trainedModel()
  const built = await runBento('build --model fraud.json -o json', { cwd })
  expect(built.stderr).toContain('Stored fraud.json as fraud:')
  const { tag, path } = Built.parse(JSON.parse(built.stdout))
  expect(tag).toMatch(/^fraud:[a-z2-7]{16}$/)
  const folder = path.replace('<cwd>', cwd)
  const text = await readFile(join(folder, 'package.json'), 'utf8')
  const manifest = Packages.parse(JSON.parse(text))
  expect(manifest.dependencies).toEqual({})
  expect(await readFile(join(folder, 'src', 'service.js'), 'utf8')).toContain('modelService(')
  const { ask, app } = await openApp(folder)
  try {
    const [row = []] = rows
    const answer = await ask('/predict_proba', { features: [byName(row)] })
    expect(answer.body).toEqual([probabilities.slice(0, 2)])
    const { amount: _amount, ...rest } = byName(row)
    expect(await ask('/predict', { features: [byName(row), rest] })).toMatchObject({
      status: 400,
      body: { detail: [{ type: 'missing', loc: ['features', 1, 'amount'] }] },
    })
    const document = await ask('/docs.json')
    const described = z.record(z.string(), z.unknown()).parse(document.body)
    expect(await new Validator().validate(described)).toMatchObject({ valid: true })
    expect(JSON.stringify(document.body)).toContain('"required":["amount","age"')
  } finally {
    await app.close()
  }
  const again = await runBento('build --model fraud -o tag', { cwd })
  expect(again.stdout).toBe(`${tag}\n`)
})

test('serves a model of the store by its tag, under the signatures it was saved with', async () => {
  const cwd = await cwdWithModels(['tiny:v1'])
  await writeFile(
    join(cwd, 'package-lock.json'),
    await readFile(join(repository, 'package-lock.json')),
  )
  const { stdout, stderr } = await runBento('build --model tiny:v1 --version v1 -o json', { cwd })
  expect(stderr).not.toContain('Stored')
  const { path } = Built.parse(JSON.parse(stdout))
  const { ask, app } = await openApp(path.replace('<cwd>', cwd))
  try {
    expect(await ask('/run', { x: [[1, 2]] })).toEqual({ status: 200, body: { y: [[1, 2]] } })
  } finally {
    await app.close()
  }
})

test.each([
  ['serve ./here --model tiny', 'USAGE: "./here" does not go with --model'],
  ['build ./here --model tiny', 'USAGE: "./here" does not go with --model'],
  ['build --model none', 'MODEL_NOT_FOUND: No model is tagged "none"'],
  ['build --model ./none.onnx', 'FILE_NOT_FOUND: "<cwd>/none.onnx" does not exist'],
  ['build --model note.txt', 'FRAMEWORK_UNKNOWN: "note.txt" is no model file'],
])('says of "bento %s": %s', async (line, text) => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'note.txt'), 'hello')
  const { code, stderr } = await runBento(line, { cwd })
  expect(code).not.toBe(0)
  expect(stderr).toContain(text)
})
