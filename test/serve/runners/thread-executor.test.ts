import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { createTensor } from '../../../src/lib/tensor-ops.ts'
import type { Tensor } from '../../../src/lib/tensor.ts'
import { ThreadExecutor } from '../../../src/serve/runners/thread-executor.ts'

const file = new URL('../../fixtures/runner.mjs', import.meta.url)
const model = {
  requested: 'iris:latest',
  runtime: 'onnx',
  file: fileURLToPath(new URL('../../../examples/iris/iris_classifier.onnx', import.meta.url)),
}
const load = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }
const open: ThreadExecutor[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((executor) => executor.close()))
})

async function openExecutor(threads: number): Promise<ThreadExecutor> {
  const executor = new ThreadExecutor({ threads, file, load })
  open.push(executor)
  await executor.load(model)
  return executor
}

/** Lets time pass, and nothing happen in it. */
function pass(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

function flowers(rows: number): Tensor {
  const flower = [5.1, 3.5, 1.4, 0.2]
  const data = Float32Array.from({ length: rows * 4 }, (_, index) => flower[index % 4] ?? 0)
  return createTensor('float32', [rows, 4], data)
}

test('loads a model on a thread and says what it takes and gives', async () => {
  const executor = new ThreadExecutor({ threads: 1, file, load })
  open.push(executor)
  const shape = await executor.load(model)
  expect(shape.inputs).toEqual([{ name: 'features', dtype: 'float32', shape: [null, 4] }])
  expect(shape.outputs.map((output) => output.name)).toEqual(['label', 'probabilities'])
})

test('runs a model, and leaves the inputs to the caller', async () => {
  const executor = await openExecutor(1)
  const features = flowers(2)
  const { label, probabilities } = await executor.run(model.requested, { features })
  expect(label?.data).toEqual(['setosa', 'setosa'])
  expect(probabilities?.shape).toEqual([2, 3])
  expect(features.data).toHaveLength(8)
})

test('queues what its threads cannot take yet, and answers all of it', async () => {
  const executor = await openExecutor(2)
  expect(executor.slots).toBe(2)
  const runs = Array.from({ length: 9 }, (_, index) =>
    executor.run(model.requested, { features: flowers(index + 1) }),
  )
  pass(2)
  expect(executor.oldestRunMs()).toBeGreaterThanOrEqual(2)
  const results = await Promise.all(runs)
  expect(results.map(({ label }) => label?.shape[0])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(executor.oldestRunMs()).toBe(0)
})

test('takes the loading of a model for no run, however long it takes', async () => {
  const executor = new ThreadExecutor({ threads: 1, file, load })
  open.push(executor)
  const loading = executor.load(model)
  pass(2)
  expect(executor.oldestRunMs()).toBe(0)
  await loading
})

test('brings a refusal across the thread with its code', async () => {
  const executor = await openExecutor(1)
  const wrong = createTensor('float32', [1, 3], new Float32Array(3))
  await expect(executor.run(model.requested, { features: wrong })).rejects.toMatchObject({
    code: 'MODEL_INPUT_INVALID',
  })
  await expect(executor.run('other:latest', {})).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})

test('waits for the runs under way before it closes', async () => {
  const executor = new ThreadExecutor({ threads: 1, file, load })
  await executor.load(model)
  const runs = Array.from({ length: 5 }, () =>
    executor.run(model.requested, { features: flowers(100) }),
  )
  await executor.close()
  await expect(Promise.all(runs)).resolves.toHaveLength(5)
})

test('fails the run of a thread that ends, and tells that it was lost', async () => {
  const executor = new ThreadExecutor({ threads: 1, file, load })
  await executor.load(model)
  await expect(executor.run('die', {})).rejects.toMatchObject({ code: 'WORKER_LOST' })
  await expect(executor.lost).resolves.toMatchObject({ message: 'the thread fails' })
})
