import { availableParallelism, totalmem } from 'node:os'
import { resolve } from 'node:path'
import type { ServeOptions } from '../config/service-options.ts'
import { readCpuQuota, readMemoryLimit } from '../lib/cpu-quota.ts'
import { folderSize } from '../lib/files.ts'
import { shareFrom } from '../models/runtimes/onnx/shared-weights.ts'
import type { BentoManifest } from '../store/manifest.ts'
import { concurrencyLimit } from './concurrency.ts'
import { type Plan, planThreads } from './plan.ts'

/** A bento in the folder `path` that is to be served on this machine. */
export interface PlannedBento {
  readonly path: string
  readonly models: BentoManifest['models']
  readonly options: Pick<ServeOptions, 'workers' | 'threads' | 'traffic' | 'providers'>
}

/** The plan for this machine, or for this container of it. */
export async function readPlan({ path, models, options }: PlannedBento): Promise<Plan> {
  const [cpus, memoryBytes, ...sizes] = await Promise.all([
    readCpuQuota(availableParallelism()),
    readMemoryLimit(totalmem()),
    // A model that is not there is the worker's to report.
    ...models.map((model) => folderSize(resolve(path, model.path))),
  ])
  const isShared = (size: number, at: number): boolean =>
    size >= shareFrom && models[at]?.runtime === 'onnx' && options.providers[0] === 'cpu'
  return planThreads({
    cpus,
    workers: options.workers,
    threads: options.threads,
    maxConcurrency: concurrencyLimit(options.traffic),
    memoryBytes,
    modelBytes: sum(sizes.filter((size, at) => !isShared(size, at))),
    sharedBytes: sum(sizes.filter(isShared)),
  })
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0)
}
