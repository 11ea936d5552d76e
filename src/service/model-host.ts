import type { TensorMap, ValueInfo } from '../lib/tensor.ts'

/** What a model handle asks of whoever runs models: the worker, or describe mode. */
export interface ModelHost {
  run(requested: string, inputs: TensorMap): Promise<TensorMap>
  inputs(requested: string): readonly ValueInfo[]
  outputs(requested: string): readonly ValueInfo[]
  /** Absolute path of a file that was stored with the model. */
  path(requested: string, file: string): string
}
