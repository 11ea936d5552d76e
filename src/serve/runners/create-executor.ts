import type { WorkerData } from '../supervise/protocol.ts'
import type { Runner } from './runner.ts'
import { ThreadExecutor } from './thread-executor.ts'
import { WorkerExecutor } from './worker-executor.ts'

type Executed = Pick<WorkerData, 'plan' | 'manifest' | 'options' | 'packageRoots' | 'weights'>

/** A worker's runner threads, as planned, with the short way beside them; none when there is no model to run. `file` is `dist/service.mjs`. */
export function createExecutor(
  { plan, manifest, options, packageRoots, weights }: Executed,
  file: URL,
  spare: Runner | undefined,
): WorkerExecutor {
  const { intraOpThreads } = plan
  // Alone, a worker may let its threads spin between runs; beside others they would take the others' time.
  const { providers } = options
  const load = {
    intraOpThreads,
    allowSpinning: plan.workers === 1,
    providers,
    packageRoots,
    weights,
  }
  const threads = new ThreadExecutor({
    threads: manifest.models.length === 0 ? 0 : plan.runners,
    file,
    spare,
    load,
  })
  return new WorkerExecutor(threads, load)
}
