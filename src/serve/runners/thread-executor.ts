import { setTimeout } from 'node:timers/promises'
import type { TensorMap } from '../../lib/tensor.ts'
import type { LoadOptions } from '../../models/runtimes/runtime.ts'
import type { Executor, ModelShape, ModelSource } from './executor.ts'
import { Runner } from './runner.ts'

export interface ThreadExecutorOptions {
  readonly threads: number
  /** The module that becomes a runner when it starts in a thread: `dist/service.mjs`. */
  readonly file: URL
  readonly load: LoadOptions
  /** A thread that was started ahead, to be the first. */
  readonly spare?: Runner | undefined
}

const pings = 12
// Between two requests a thread falls asleep, and to wake it is most of what a way to it costs.
const restMs = 2

interface WaitingRun {
  readonly requested: string
  readonly inputs: TensorMap
  readonly resolve: (outputs: Promise<TensorMap>) => void
}

/** Runs models on runner threads: each holds every model, and runs one thing at a time. */
export class ThreadExecutor implements Executor {
  readonly slots: number
  /** Resolves when a thread ends by itself: this process can no longer be trusted to serve. */
  readonly lost: Promise<Error>
  readonly #runners: readonly Runner[]
  readonly #idle: Runner[]
  readonly #waiting: WaitingRun[] = []
  readonly #running = new Set<Promise<TensorMap>>()

  constructor(options: ThreadExecutorOptions) {
    // Without threads there are no runs, but methods batch all the same.
    this.slots = Math.max(1, options.threads)
    this.#runners = Array.from({ length: options.threads }, (_, index) => {
      const spare = index === 0 ? options.spare : undefined
      return spare ?? new Runner(options.file)
    })
    for (const runner of this.#runners) runner.begin(options.load)
    this.lost = Promise.race(this.#runners.map((runner) => runner.lost))
    this.#idle = [...this.#runners]
  }

  async load(model: ModelSource): Promise<ModelShape> {
    const [shape] = await Promise.all(this.#runners.map((runner) => runner.load(model)))
    if (!shape) throw new Error('An executor has at least one runner')
    return shape
  }

  run(requested: string, inputs: TensorMap): Promise<TensorMap> {
    const runner = this.#idle.pop()
    if (runner) return this.#start(runner, requested, inputs)
    return new Promise((resolve) => this.#waiting.push({ requested, inputs, resolve }))
  }

  /**
   * What the way to a sleeping thread and back takes, in milliseconds: of a few tries the lower quartile, since this
   * thread has other work meanwhile.
   */
  async measureHop(): Promise<number> {
    const [runner] = this.#runners
    if (!runner) return Infinity
    const times: number[] = []
    for (let ping = 0; ping < pings; ping++) {
      await setTimeout(restMs)
      times.push(await runner.ping())
    }
    return times.toSorted((a, b) => a - b)[pings >> 2] ?? Infinity
  }

  oldestRunMs(): number {
    const since = this.#runners.map((runner) => runner.runSince ?? Infinity)
    const oldest = Math.min(...since)
    return oldest === Infinity ? 0 : performance.now() - oldest
  }

  async close(): Promise<void> {
    while (this.#running.size > 0 || this.#waiting.length > 0) {
      await Promise.allSettled(this.#running)
    }
    await Promise.all(this.#runners.map((runner) => runner.close()))
  }

  #start(runner: Runner, requested: string, inputs: TensorMap): Promise<TensorMap> {
    const run = runner.run(requested, inputs)
    this.#running.add(run)
    const release = (): void => {
      this.#running.delete(run)
      this.#release(runner)
    }
    run.then(release, release)
    return run
  }

  #release(runner: Runner): void {
    const next = this.#waiting.shift()
    if (next) next.resolve(this.#start(runner, next.requested, next.inputs))
    else this.#idle.push(runner)
  }
}
