import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ServeOptions } from '../config/service-options.ts'
import { readSample } from '../models/runtimes/sample.ts'
import { readPlan } from '../serve/read-plan.ts'
import { createExecutor } from '../serve/runners/create-executor.ts'
import type { Executor } from '../serve/runners/executor.ts'
import { runSignature, signatureBounds } from '../serve/worker-models.ts'
import type { BentoManifest, BentoModel } from '../store/manifest.ts'
import type { Curve } from './advise.ts'
import { makeRows, repeatRows } from './make-rows.ts'
import { measureCurve, sizesUpTo } from './measure-curve.ts'
import { cutShort, type Effort } from './measure-methods.ts'

export interface ModelsInput {
  /** The bento's folder. */
  readonly path: string
  readonly manifest: BentoManifest
  readonly options: ServeOptions
  readonly packageRoots: readonly string[]
  readonly random: () => number
  readonly onModel: (requested: string) => void
}

/**
 * The curves of all models that batch calls by themselves, each run as a worker runs it: on the rows that are stored with
 * it, or else on made-up ones.
 */
export async function measureModels(input: ModelsInput, effort: Effort): Promise<Curve[]> {
  const { path, manifest, options } = input
  const batched = manifest.models.filter((model) => runSignature(model)?.batchable)
  if (batched.length === 0) return []
  const plan = await readPlan({ path, models: manifest.models, options })
  const file = pathToFileURL(join(path, 'dist', 'service.mjs'))
  const executor = createExecutor({ ...input, plan }, file, undefined)
  try {
    const curves: Curve[] = []
    for (const model of batched) {
      input.onModel(model.requested)
      curves.push(await measureModel(model, executor, { ...input, effort }))
    }
    return curves
  } finally {
    await executor.close()
  }
}

async function measureModel(
  { requested, runtime, path: folder, main, signatures }: BentoModel,
  executor: Executor,
  { path, random, effort }: ModelsInput & { readonly effort: Effort },
): Promise<Curve> {
  const inForce = signatureBounds.maxBatchSize
  const { upTo = 2 * inForce } = effort
  const file = join(resolve(path, folder), main)
  const { inputs } = await executor.load({ requested, runtime, file })
  const sample = await readSample(dirname(file))
  const run = async (rows: number): Promise<number> => {
    const given = sample ? repeatRows(sample.inputs, rows) : makeRows(inputs, rows, random)
    const startedAt = performance.now()
    await executor.run(requested, given)
    return performance.now() - startedAt
  }
  const sizes = sizesUpTo(upTo, inForce)
  const points = await measureCurve({ ...effort, sizes, run })
  const [first = 'run'] = Object.keys(signatures)
  const signature = 'run' in signatures ? 'run' : first
  return {
    kind: 'model',
    name: requested,
    inForce,
    points,
    signature,
    ...cutShort(sizes, points),
  }
}
