import { dirname } from 'node:path'
import { BentoError, messageOf } from '../../errors.ts'
import type { TensorMap } from '../../lib/tensor.ts'
import { loadRuntime } from '../../models/runtimes/registry.ts'
import type { LoadedModel, LoadOptions } from '../../models/runtimes/runtime.ts'
import { readSample } from '../../models/runtimes/sample.ts'
import type { Executor, ModelShape, ModelSource } from './executor.ts'

/**
 * Runs models on the thread that asks. A run blocks that thread, so this is for runner threads themselves,
 * for tests, and for hosts that have one request at a time.
 */
export class InlineExecutor implements Executor {
  readonly slots = 1
  readonly #options: LoadOptions
  readonly #models = new Map<string, LoadedModel>()
  readonly #running = new Map<Promise<unknown>, number>()

  constructor(options: LoadOptions) {
    this.#options = options
  }

  async load(model: ModelSource): Promise<ModelShape> {
    const runtime = await loadRuntime(model.runtime)
    const loaded = await runtime.load(model.file, this.#options)
    await warmUp(loaded, model)
    this.#models.set(model.requested, loaded)
    const { inputs, outputs, note } = loaded
    return { inputs, outputs, ...(note === undefined ? {} : { note }) }
  }

  async run(requested: string, inputs: TensorMap): Promise<TensorMap> {
    const model = this.#models.get(requested)
    if (!model) throw new BentoError('MODEL_NOT_FOUND', `Model "${requested}" is not loaded`)
    const run = model.run(inputs)
    this.#running.set(run, performance.now())
    try {
      return await run
    } finally {
      this.#running.delete(run)
    }
  }

  oldestRunMs(): number {
    const [started] = this.#running.values()
    return started === undefined ? 0 : performance.now() - started
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running.keys())
    await Promise.all([...this.#models.values()].map((model) => model.release()))
    this.#models.clear()
  }
}

/** The first run of a model takes longest: it is had before anybody waits for it. Throws MODEL_LOAD_FAILED. */
async function warmUp(model: LoadedModel, { requested, file }: ModelSource): Promise<void> {
  const sample = await readSample(dirname(file))
  if (sample === undefined) return
  try {
    await model.run(sample.inputs)
  } catch (error) {
    const what = `Model "${requested}" does not run on the sample that was stored with it`
    throw new BentoError('MODEL_LOAD_FAILED', `${what}: ${messageOf(error)}`, {
      hint: 'Import the model again.',
      cause: error,
    })
  }
}
