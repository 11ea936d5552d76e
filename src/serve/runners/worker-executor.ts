import type { TensorMap } from '../../lib/tensor.ts'
import { isQuick } from '../../models/runtimes/registry.ts'
import type { LoadOptions } from '../../models/runtimes/runtime.ts'
import { ServiceModel } from '../batching/service-model.ts'
import type { Executor, ModelShape, ModelSource } from './executor.ts'
import type { InlineExecutor } from './inline-executor.ts'
import type { ThreadExecutor } from './thread-executor.ts'

// Before anything is known of a model, a batch up to this size is tried inline.
const mostUnknownRows = 16
// One slow run, as by a pause of the garbage collector, must not send all others to a thread for good.
const probeMs = 1000
const probeHops = 20

/** What is known of a quick model's runs inline. */
interface Quick {
  readonly cost: ServiceModel
  learnedAt: number
}

/**
 * What a worker runs models with. Most run on threads. A quick model runs on the thread that asks, as long as its run is
 * predicted to be shorter than the way to another thread and back, which is measured when it is loaded.
 */
export class WorkerExecutor implements Executor {
  readonly slots: number
  /** Resolves when a thread ends by itself: this process can no longer be trusted to serve. */
  readonly lost: Promise<Error>
  readonly #threads: ThreadExecutor
  readonly #load: LoadOptions
  readonly #quick = new Map<string, Quick>()
  #inline: InlineExecutor | undefined
  #hopMs = 0

  constructor(threads: ThreadExecutor, load: LoadOptions) {
    this.#threads = threads
    this.#load = load
    this.slots = threads.slots
    this.lost = threads.lost
  }

  async load(model: ModelSource): Promise<ModelShape> {
    if (!isQuick(model.runtime)) return this.#threads.load(model)
    const inline = await this.#openInline()
    const [shape] = await Promise.all([inline.load(model), this.#threads.load(model)])
    this.#hopMs = await this.#threads.measureHop()
    this.#quick.set(model.requested, { cost: new ServiceModel(), learnedAt: -Infinity })
    return shape
  }

  run(requested: string, inputs: TensorMap): Promise<TensorMap> {
    const quick = this.#quick.get(requested)
    const rows = Object.values(inputs)[0]?.shape[0] ?? 1
    if (!quick || !this.#inline || !this.#isShort(quick, rows)) {
      return this.#threads.run(requested, inputs)
    }
    const startedAt = performance.now()
    const run = this.#inline.run(requested, inputs)
    // A quick model has run when it gives its promise.
    quick.learnedAt = performance.now()
    quick.cost.learn(rows, quick.learnedAt - startedAt)
    return run
  }

  oldestRunMs(): number {
    return this.#threads.oldestRunMs()
  }

  async close(): Promise<void> {
    await this.#inline?.close()
    await this.#threads.close()
  }

  #isShort({ cost, learnedAt }: Quick, rows: number): boolean {
    if (cost.batches === 0) return rows <= mostUnknownRows
    const isStale = performance.now() - learnedAt > probeMs
    return cost.of(rows) <= this.#hopMs * (isStale ? probeHops : 1)
  }

  /** Loaded for those who have a quick model. */
  async #openInline(): Promise<InlineExecutor> {
    const { InlineExecutor } = await import('./inline-executor.ts')
    return (this.#inline ??= new InlineExecutor(this.#load))
  }
}
