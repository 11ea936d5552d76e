import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { systemClock } from '../../src/lib/clock.ts'
import { createTensor } from '../../src/lib/tensor-ops.ts'
import type { Tensor, TensorMap } from '../../src/lib/tensor.ts'
import { CounterFile } from '../../src/serve/observe/counter-file.ts'
import { Recorder } from '../../src/serve/observe/recorder.ts'
import { InlineExecutor } from '../../src/serve/runners/inline-executor.ts'
import { WorkerModels } from '../../src/serve/worker-models.ts'
import type { Signature } from '../../src/store/manifest.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const folder = fileURLToPath(new URL('../../examples/iris', import.meta.url))
const requested = 'iris:latest'

/** Counts the runs, which tell how many batches there were. */
class CountingExecutor extends InlineExecutor {
  runs = 0

  override run(tag: string, inputs: TensorMap): Promise<TensorMap> {
    this.runs++
    return super.run(tag, inputs)
  }
}

const warnings: string[] = []

async function openModels(
  signatures: Readonly<Record<string, Signature>>,
  providers: readonly string[] = ['cpu'],
): Promise<{ models: WorkerModels; executor: CountingExecutor }> {
  const executor = new CountingExecutor({
    intraOpThreads: 1,
    allowSpinning: false,
    providers,
    packageRoots: [],
  })
  const file = new CounterFile(join(await temporaryFolder(), 'counters'))
  const models = new WorkerModels({
    path: folder,
    models: [
      {
        requested,
        tag: 'iris:v1',
        runtime: 'onnx',
        main: 'iris_classifier.onnx',
        signatures,
        digest: '',
        path: '.',
      },
    ],
    modelInfo: {
      [requested]: {
        tag: 'iris:v1',
        framework: 'sklearn',
        inputs: [],
        outputs: [
          { name: 'probabilities', dtype: 'float32', shape: [], columns: ['setosa', 'other', 'x'] },
        ],
        signatures,
        labels: { owner: 'ann' },
        metadata: {},
        context: {},
      },
    },
    executor,
    warn: (text) => warnings.push(text),
    recorder: new Recorder(file, { durationSeconds: [1], batchRows: [1, 10] }),
    batching: { hold: true },
    timeoutMs: 60_000,
    clock: systemClock,
  })
  await models.load()
  return { models, executor }
}

const flowers = {
  setosa: [5.1, 3.5, 1.4, 0.2],
  virginica: [6.3, 3.3, 6, 2.5],
}

function rowsOf(...rows: readonly (readonly number[])[]): { features: Tensor } {
  const data = Float32Array.from(rows.flat())
  return { features: createTensor('float32', [rows.length, 4], data) }
}

test('joins the runs of a batchable signature that come together', async () => {
  const { models, executor } = await openModels({ run: { batchable: true, batch_dim: 0 } })
  const results = await Promise.all([
    models.run(requested, rowsOf(flowers.setosa)),
    models.run(requested, rowsOf(flowers.virginica, flowers.setosa)),
    models.run(requested, rowsOf(flowers.virginica)),
  ])
  expect(results.map(({ label }) => label?.data)).toEqual([
    ['setosa'],
    ['virginica', 'setosa'],
    ['virginica'],
  ])
  expect(results.map(({ probabilities }) => probabilities?.shape)).toEqual([
    [1, 3],
    [2, 3],
    [1, 3],
  ])
  expect(executor.runs).toBe(1)
})

test('follows the only signature, whatever its name', async () => {
  const { models, executor } = await openModels({ predict: { batchable: true, batch_dim: 0 } })
  const runs = [rowsOf(flowers.setosa), rowsOf(flowers.virginica)]
  await Promise.all(runs.map((inputs) => models.run(requested, inputs)))
  expect(executor.runs).toBe(1)
})

test('runs each call by itself where the signature is not batchable', async () => {
  const { models, executor } = await openModels({ run: { batchable: false, batch_dim: 0 } })
  const runs = [rowsOf(flowers.setosa), rowsOf(flowers.virginica)]
  await Promise.all(runs.map((inputs) => models.run(requested, inputs)))
  expect(executor.runs).toBe(2)
})

test('warns where a model runs elsewhere than the options wish', async () => {
  await openModels({}, ['directml', 'cpu'])
  expect(warnings).toEqual([
    expect.stringMatching(/^Model "iris:latest": it runs on cpu, since it does not on directml/),
  ])
})

test('finds files of a model by name, and none outside its folder', async () => {
  const { models } = await openModels({})
  expect(models.path(requested, 'expected.json')).toBe(join(folder, 'expected.json'))
  for (const file of ['tokenizer.json', '../../package.json', '/etc/hostname', '', '.']) {
    expect(() => models.path(requested, file)).toThrow(
      expect.objectContaining({
        code: 'FILE_NOT_FOUND',
        hint: expect.stringContaining('expected.json'),
      }),
    )
  }
  expect(() => models.path('other:latest', 'x')).toThrow(
    expect.objectContaining({ code: 'MODEL_UNDECLARED' }),
  )
})

test('tells what a model takes, and refuses one that was not declared', async () => {
  const { models } = await openModels({})
  expect(models.info(requested)).toMatchObject({
    tag: 'iris:v1',
    labels: { owner: 'ann' },
    inputs: [{ name: 'features', dtype: 'float32', shape: [null, 4] }],
    outputs: [
      { name: 'label', dtype: 'string', shape: [null] },
      { name: 'probabilities', shape: [null, 3], columns: ['setosa', 'other', 'x'] },
    ],
  })
  expect(() => models.info('other:latest')).toThrow(
    expect.objectContaining({ code: 'MODEL_UNDECLARED' }),
  )
})
