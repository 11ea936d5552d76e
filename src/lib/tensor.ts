/** Element types, named as in ONNX and numpy. `float16` travels as the raw bits in a Uint16Array on every Node. */
export const dtypes = [
  'float32',
  'float64',
  'float16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
] as const

export type DType = (typeof dtypes)[number]

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | string[]

/** A dense row-major array. `data` holds exactly the product of `shape` elements; `bool` is a Uint8Array of 0 and 1. */
export interface Tensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** Named tensors: what goes into a model and what comes out. */
export type TensorMap = Readonly<Record<string, Tensor>>

/** One input or output of a model. A dimension that may vary is null. */
export interface ValueInfo {
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly (number | null)[]
  /** What stands at each place of the last axis, where the model says: names of features, labels of classes. */
  readonly columns?: readonly ColumnName[]
  /** Of text: it has categories, and an integer stands for the category of that number. */
  readonly category?: boolean
}

export type ColumnName = string | number | boolean
