import type { TensorMap, ValueInfo } from '../../lib/tensor.ts'

/** A model to load: the tag that the service asks for, and where it lies. */
export interface ModelSource {
  readonly requested: string
  readonly runtime: string
  /** Absolute path of the model's main file. */
  readonly file: string
}

export interface ModelShape {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** What a person should know of where it runs. */
  readonly note?: string | undefined
}

/** Runs models somewhere: on runner threads, or inline on this one. */
export interface Executor {
  /** How many runs may be under way at once. */
  readonly slots: number
  load(model: ModelSource): Promise<ModelShape>
  /** Inputs stay the caller's: they are copied where a thread is between. */
  run(requested: string, inputs: TensorMap): Promise<TensorMap>
  /** Age of the run that has been under way longest, in milliseconds; 0 when none is. */
  oldestRunMs(): number
  /** Takes no more runs, waits for those under way, then frees everything. A run is never cut short. */
  close(): Promise<void>
}
