import type { TensorMap, ValueInfo } from '../../lib/tensor.ts'

/** A model in memory, ready to run on the thread that loaded it. */
export interface LoadedModel {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** What a person should know of where it runs. */
  readonly note?: string | undefined
  /** Throws MODEL_INPUT_INVALID for a missing, unknown or misshapen input, MODEL_RUN_FAILED for the rest. */
  run(inputs: TensorMap): Promise<TensorMap>
  release(): Promise<void>
}

export interface LoadOptions {
  /** Threads inside one run. */
  readonly intraOpThreads: number
  /** Whether those threads may spin between runs; off when several workers share the CPU. */
  readonly allowSpinning: boolean
  /** Where it may run, the best first, of runtimes that have a choice. Default: cpu alone. */
  readonly providers?: readonly string[]
  /** Where all that run the same models keep one copy of large weights. Absent: each has its own. */
  readonly weights?: string | undefined
  /** Folders to resolve the runtime's npm packages from when the bundle's own place has none. */
  readonly packageRoots: readonly string[]
}

/** A way to run models. It ships inside bentos, so it must import nothing of the toolchain. */
export interface Runtime {
  readonly name: string
  /** npm packages that it needs beside the bundle, each an optional peer of bentojs. */
  readonly packages: readonly string[]
  /** `file` is the model's main file. Throws PACKAGE_MISSING or MODEL_LOAD_FAILED. */
  load(file: string, options: LoadOptions): Promise<LoadedModel>
}
