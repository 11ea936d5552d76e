import cluster, { type Worker } from 'node:cluster'
import type { FromWorker } from './protocol.ts'

/** A worker process that was started, and that will wait to be told what to serve. */
export interface Fork {
  readonly worker: Worker
  /** Resolves when it listens: a message that it is sent before would be lost. */
  readonly awake: Promise<void>
}

/**
 * Starts a worker process. Node takes longer to start than a supervisor needs to read its options, so the first
 * worker is forked before those are read. `file` is `dist/service.mjs`, which finds its role by itself.
 */
export function forkWorker(file: string): Fork {
  cluster.setupPrimary({ exec: file, args: [], execArgv: [] })
  const worker = cluster.fork()
  const awake = new Promise<void>((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'awake') resolve()
    })
  })
  return { worker, awake }
}
