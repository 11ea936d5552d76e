import { ignore } from '../../lib/functions.ts'
import type { TensorMap } from '../../lib/tensor.ts'
import { isQuick } from '../../models/runtimes/registry.ts'
import type { LoadOptions } from '../../models/runtimes/runtime.ts'
import type { Executor, ModelShape, ModelSource } from './executor.ts'
import type { InlineExecutor } from './inline-executor.ts'
import { QuickCost } from './quick-cost.ts'
import type { ThreadExecutor } from './thread-executor.ts'

// As long as a model's code is still being compiled its runs say little: batches up to this size run inline all the same.
const mostColdRows = 16
const coldBudgetMs = 100
// What has become slow may become quick again: once in a while one run inline finds out, if it is not too long.
const probeMs = 1000
const longestProbeMs = 5
// Of the way to a sleeping thread and back, until it has been measured.
const usualHopMs = 0.1

/** What is known of a quick model's runs inline. */
interface Quick {
  readonly cost: QuickCost
  coldLeftMs: number
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
  #hopMs = usualHopMs

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
    this.#quick.set(model.requested, {
      cost: new QuickCost(),
      coldLeftMs: coldBudgetMs,
      learnedAt: 0,
    })
    // Nothing waits for it: a service must not start later for what only makes it faster.
    this.#threads.measureHop().then((hopMs) => (this.#hopMs = hopMs), ignore)
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
    quick.coldLeftMs -= quick.learnedAt - startedAt
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

  #isShort({ cost, coldLeftMs, learnedAt }: Quick, rows: number): boolean {
    const expectedMs = cost.of(rows)
    if (expectedMs <= this.#hopMs) return true
    if (coldLeftMs > 0) return rows <= mostColdRows
    return expectedMs <= longestProbeMs && performance.now() - learnedAt > probeMs
  }

  /** Loaded for those who have a quick model. */
  async #openInline(): Promise<InlineExecutor> {
    const { InlineExecutor } = await import('./inline-executor.ts')
    return (this.#inline ??= new InlineExecutor(this.#load))
  }
}
