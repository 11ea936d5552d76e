import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { modelSignatures } from '../../src/build/model-signatures.ts'
import { createTensor } from '../../src/lib/tensor-ops.ts'
import { xgboost } from '../../src/models/frameworks/xgboost/framework.ts'
import { storeModel } from '../../src/models/store-model.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { readCases, unpack } from '../models/tree-cases.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

// A real server, and a second of load.
jest.setTimeout(60_000)

const short = ['--rate', '50', '--duration', '1s', '--warm-up', '200ms']

test('starts a project, measures it and its process, and keeps its budgets', async () => {
  const cwd = await helloProject()
  const budgets = 'errors=0, cpu<1s, rss<2GB, start<60s, rate>5'
  const { code, stdout, stderr } = await runBento(['bench', ...short, '--assert', budgets], { cwd })
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Warming up /greet'),
  })
  expect(stdout).toContain('/greet of .\nopen loop, 50 requests a second, 1 s')
  expect(stdout.match(/✔/g)).toHaveLength(5)
})

test('exits with 1 when a budget is broken, and says which as JUnit', async () => {
  const cwd = await helloProject()
  const line = [
    'bench',
    '--connections',
    '2',
    ...short.slice(2),
    '--assert',
    'p99<1us',
    '-o',
    'junit',
  ]
  const { code, stdout } = await runBento(line, { cwd })
  expect(code).toBe(1)
  expect(stdout).toMatch(/<failure message="p99 is .* ms"\/>/)
})

/** A store with a classifier of XGBoost, which has been compared on three rows. */
async function storeWithSample(): Promise<string> {
  const cwd = await temporaryFolder()
  const found = readCases('xgboost').find(({ name }) => name === 'early stopping, classifier')
  if (!found?.label) throw new Error('the fixture lacks its answers')
  const file = join(cwd, found.file)
  await writeFile(file, Buffer.from(found.model, 'base64'))
  const model = await xgboost.read(file)
  const width = found.rows.shape[1] ?? 0
  const [input] = model.inputs
  const rows = createTensor('float32', [3, width], unpack(found.rows).slice(0, 3 * width))
  const label = createTensor(
    'int64',
    [3],
    BigInt64Array.from(Array.from(unpack(found.label).slice(0, 3), BigInt)),
  )
  const check = { source: 'rows.npy', inputs: { [input?.name ?? '']: rows }, expected: { label } }
  const signatures = modelSignatures(model)
  const said = { name: 'fraud', framework: 'xgboost', signatures, packageRoots: [] }
  await storeModel(openModelStore(join(cwd, 'home')), { ...model, check }, said)
  return cwd
}

test('sends a model alone the rows that are stored with it', async () => {
  const cwd = await storeWithSample()
  const line = ['bench', '--model', 'fraud:latest', ...short, '--assert', 'errors=0, rate>5']
  const { code, stdout, stderr } = await runBento(line, { cwd })
  expect({ code, stdout }).toMatchObject({ code: 0 })
  expect(stderr).toMatch(/^Sending 3 rows stored with fraud:\w+$/m)
})

test.each([
  [['bench', '--model', 'nothing:v1'], 'MODEL_NOT_FOUND: No model is tagged "nothing:v1"'],
  [['bench', '.', '--model', 'fraud'], 'USAGE: "." does not go with --model'],
  [['bench', '--rate', '1', '--connections', '1'], 'USAGE: --rate and --connections exclude'],
  [['bench', '--assert', 'p99<fast'], 'USAGE: "p99<fast" is no budget'],
  [['bench', '--duration', 'long'], 'USAGE: "long" is no time'],
  [['bench', '--data', 'nowhere.json'], 'FILE_NOT_FOUND: '],
  [['bench', 'http://127.0.0.1:1'], 'SERVICE_UNREACHABLE: Nothing answers at "http://127.0.0.1:1"'],
])('refuses %j', async (line, start) => {
  const { code, stderr } = await runBento(line)
  expect(code).toBeGreaterThan(0)
  expect(stderr.startsWith(start)).toBe(true)
})

test('says which line of the data is not JSON', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'data.jsonl'), '{"a":1}\nnope\n')
  const { code, stderr } = await runBento('bench --data data.jsonl', { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('Line 2 of "<cwd>/data.jsonl" is not JSON')
})

test('names the method that was probably meant', async () => {
  const cwd = await helloProject()
  const { code, stderr } = await runBento('bench --endpoint gret', { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('Did you mean /greet?')
})
