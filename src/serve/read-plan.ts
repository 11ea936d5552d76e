import { readdir, stat } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import type { ServeOptions } from '../config/service-options.ts'
import { readCpuQuota, readMemoryLimit } from '../lib/cpu-quota.ts'
import type { BentoManifest } from '../store/manifest.ts'
import { concurrencyLimit } from './concurrency.ts'
import { type Plan, planThreads } from './plan.ts'

/** A bento in the folder `path` that is to be served on this machine. */
export interface PlannedBento {
  readonly path: string
  readonly models: BentoManifest['models']
  readonly options: Pick<ServeOptions, 'workers' | 'threads' | 'traffic'>
}

/** The plan for this machine, or for this container of it. */
export async function readPlan({ path, models, options }: PlannedBento): Promise<Plan> {
  const [cpus, memoryBytes, ...sizes] = await Promise.all([
    readCpuQuota(availableParallelism()),
    readMemoryLimit(totalmem()),
    ...models.map((model) => sizeOf(resolve(path, model.path))),
  ])
  return planThreads({
    cpus,
    workers: options.workers,
    threads: options.threads,
    maxConcurrency: concurrencyLimit(options.traffic),
    memoryBytes,
    modelBytes: sizes.reduce((sum, size) => sum + size, 0),
  })
}

async function sizeOf(folder: string): Promise<number> {
  // A model that is not there is the worker's to report.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))))
  return stats.reduce((sum, { size }) => sum + size, 0)
}
