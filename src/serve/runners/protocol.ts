import type { WireError } from '../../errors.ts'
import type { TensorMap } from '../../lib/tensor.ts'
import type { LoadOptions } from '../../models/runtimes/runtime.ts'
import type { ModelShape, ModelSource } from './executor.ts'

/** `workerData` of a runner thread: how `dist/service.mjs` knows its role. */
export interface RunnerData {
  readonly bentoRole: 'runner'
}

// Everything that crosses the thread boundary. Values must survive structured clone, so errors travel as data.
export type ToRunner =
  /** Sent once, first of all: a thread is started before anybody knows what it will load. */
  | { readonly type: 'begin'; readonly load: LoadOptions }
  | { readonly type: 'load'; readonly id: number; readonly model: ModelSource }
  | {
      readonly type: 'run'
      readonly id: number
      readonly requested: string
      readonly inputs: TensorMap
    }
  /** Does nothing: its answer tells how long the way there and back is. */
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'close' }

export type FromRunner =
  | { readonly type: 'loaded'; readonly id: number; readonly shape: ModelShape }
  | { readonly type: 'result'; readonly id: number; readonly outputs: TensorMap }
  | { readonly type: 'pong'; readonly id: number }
  | { readonly type: 'failure'; readonly id: number; readonly error: WireError }

export function isRunnerData(value: unknown): value is RunnerData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bentoRole' in value &&
    value.bentoRole === 'runner'
  )
}
