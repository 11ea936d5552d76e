import type { WorkerData } from '../supervise/protocol.ts'
import type { Runner } from './runner.ts'
import { ThreadExecutor } from './thread-executor.ts'

/** A worker's runner threads, as planned; none when there is no model to run. `file` is `dist/service.mjs`. */
export function createExecutor(
  { plan, manifest, packageRoots }: WorkerData,
  file: URL,
  spare: Runner | undefined,
): ThreadExecutor {
  const { intraOpThreads } = plan
  return new ThreadExecutor({
    threads: manifest.models.length === 0 ? 0 : plan.runners,
    file,
    spare,
    // Alone, a worker may let its threads spin between runs; beside others they would take the others' time.
    load: { intraOpThreads, allowSpinning: plan.workers === 1, packageRoots },
  })
}
