import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { afterEach, expect, test } from '@jest/globals'
import { createTensor } from '../../../src/lib/tensor-ops.ts'
import type { Tensor, TensorMap } from '../../../src/lib/tensor.ts'
import { xgboost } from '../../../src/models/frameworks/xgboost/framework.ts'
import { ThreadExecutor } from '../../../src/serve/runners/thread-executor.ts'
import { WorkerExecutor } from '../../../src/serve/runners/worker-executor.ts'
import { readCases, unpack, writeCase } from '../../models/tree-cases.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const file = new URL('../../fixtures/runner.mjs', import.meta.url)
const load = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }
const open: WorkerExecutor[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((executor) => executor.close()))
})

/** Counts what goes to a thread. */
class CountedThreads extends ThreadExecutor {
  runs = 0

  override run(requested: string, inputs: TensorMap): Promise<TensorMap> {
    this.runs++
    return super.run(requested, inputs)
  }
}

interface Opened {
  readonly executor: WorkerExecutor
  readonly threads: CountedThreads
  readonly features: Tensor
}

async function openTrees(): Promise<Opened> {
  const [first] = readCases('xgboost')
  if (!first) throw new Error('There is no case')
  const [stored] = (await xgboost.read(await writeCase(first))).files
  if (stored === undefined || !('content' in stored)) throw new Error('Nothing to store')
  const path = join(await temporaryFolder(), stored.target)
  await writeFile(path, stored.content)
  const threads = new CountedThreads({ threads: 1, file, load })
  const executor = new WorkerExecutor(threads, load)
  open.push(executor)
  const shape = await executor.load({ requested: 'trees:latest', runtime: 'trees', file: path })
  const columns = shape.inputs[0]?.shape[1] ?? 0
  const data = unpack(first.rows)
  return {
    executor,
    threads,
    features: createTensor('float32', [data.length / columns, columns], data),
  }
}

/** The same rows many times over. */
function repeated({ dtype, shape, data }: Tensor, times: number): Tensor {
  if (!(data instanceof Float32Array)) throw new TypeError('Rows are float32')
  const all = new Float32Array(data.length * times)
  for (let at = 0; at < times; at++) all.set(data, at * data.length)
  return createTensor(dtype, [(shape[0] ?? 0) * times, ...shape.slice(1)], all)
}

function firstRow({ dtype, shape, data }: Tensor): Tensor {
  const columns = shape[1] ?? 0
  return createTensor(dtype, [1, columns], data.slice(0, columns))
}

test('runs a few rows of trees where they are asked for, and many on a thread', async () => {
  const { executor, threads, features } = await openTrees()
  const row = { features: firstRow(features) }
  for (let run = 0; run < 200; run++) await executor.run('trees:latest', row)
  // One of them may have been held up, and then the next goes to a thread; all of them do not.
  expect(threads.runs).toBeLessThan(200)
  const before = threads.runs
  await executor.run('trees:latest', { features: repeated(features, 500) })
  await executor.run('trees:latest', { features: repeated(features, 500) })
  expect(threads.runs).toBeGreaterThan(before)
})

test('answers the same either way', async () => {
  const { executor, threads, features } = await openTrees()
  const onThread = await threads.run('trees:latest', { features })
  const row = { features: firstRow(features) }
  for (let run = 0; run < 20; run++) await executor.run('trees:latest', row)
  const together = await executor.run('trees:latest', { features })
  expect(together).toEqual(onThread)
})

test('says how long the way to a thread and back is', async () => {
  const { threads } = await openTrees()
  const startedAt = performance.now()
  const hopMs = await threads.measureHop()
  expect(hopMs).toBeGreaterThan(0)
  expect(hopMs).toBeLessThan(performance.now() - startedAt)
})
