import type { TensorMap } from '../../lib/tensor.ts'

/** Rows, and what the original model answers to them. */
export interface Check {
  /** Where the rows come from: a file's name, or that they were made up. */
  readonly source: string
  readonly inputs: TensorMap
  /** By the names of outputs of the model that was made of it. */
  readonly expected: TensorMap
}
