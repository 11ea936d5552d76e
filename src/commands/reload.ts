import { relative, sep } from 'node:path'
import { loadSourceFilter } from '../build/source-filter.ts'
import type { ProjectTarget } from '../build/target.ts'
import type { Clock } from '../lib/clock.ts'

export interface ReloadOptions {
  readonly project: ProjectTarget
  /** Builds and swaps. It reports its own errors: what is served goes on, and the next change tries again. */
  readonly reload: (path: string) => Promise<void>
  readonly clock: Clock
}

export interface Reloading {
  close(): Promise<void>
}

// An editor that saves several files, or one in several steps, makes one reload.
const settleMs = 100

/** Calls `reload` when a file of the project has changed; never twice at once. */
export async function watchProject(options: ReloadOptions): Promise<Reloading> {
  const { context, bentofile } = options.project
  const { watch } = await import('chokidar')
  // All that is not excluded, not only what `include` takes: the bundle also has what the service imports.
  const filter = await loadSourceFilter(context, {
    include: ['**/*'],
    exclude: bentofile?.bentofile.exclude ?? [],
  })
  const queue = new ReloadQueue(options)
  const watcher = watch([context, ...(bentofile === undefined ? [] : [bentofile.file])], {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path, stats) => {
      const inside = relative(context, path).split(sep).join('/')
      if (inside === '' || inside.startsWith('../')) return false
      return filter.isClosed(stats?.isDirectory() ? `${inside}/` : inside)
    },
  })
  watcher.on('all', (_event, path) => queue.add(relative(context, path)))
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve)
  })
  return {
    async close() {
      queue.close()
      await watcher.close()
    },
  }
}

/** Changes during a reload make one more after it. */
class ReloadQueue {
  readonly #options: ReloadOptions
  #changed: string | undefined
  #isRunning = false
  #cancel = (): void => undefined

  constructor(options: ReloadOptions) {
    this.#options = options
  }

  add(path: string): void {
    this.#changed = path
    this.#cancel()
    this.#cancel = this.#options.clock.after(settleMs, () => void this.#run())
  }

  close(): void {
    this.#changed = undefined
    this.#cancel()
  }

  async #run(): Promise<void> {
    const changed = this.#changed
    if (this.#isRunning || changed === undefined) return
    this.#isRunning = true
    this.#changed = undefined
    try {
      await this.#options.reload(changed)
    } finally {
      this.#isRunning = false
    }
    await this.#run()
  }
}
