import type { TensorMap, ValueInfo } from '../lib/tensor.ts'

/** What was stored with a model beside its weights. */
export interface ModelInfo {
  /** The tag that it really is, as `iris_classifier:oqm3yz7iyqwdyaav`. */
  readonly tag: string
  /** What it was trained with, as `xgboost`. */
  readonly framework: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly signatures: Readonly<
    Record<string, { readonly batchable: boolean; readonly batch_dim: number }>
  >
  readonly labels: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string | number | boolean>>
  /** What its file says of itself, as producer and opset. */
  readonly context: Readonly<Record<string, string | number>>
  /** What runs of so many rows take, where that was measured. */
  readonly profile?: readonly { readonly rows: number; readonly ms: number }[]
}

/** What a model handle asks of whoever runs models: the worker, or describe mode. */
export interface ModelHost {
  run(requested: string, inputs: TensorMap): Promise<TensorMap>
  info(requested: string): ModelInfo
  /** Absolute path of a file that was stored with the model. */
  path(requested: string, file: string): string
}
