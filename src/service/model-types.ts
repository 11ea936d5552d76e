import type { DType, Tensor, TensorData } from '../lib/tensor.ts'
import type { ModelInput } from './model-inputs.ts'

/*
 * What TypeScript knows of models. `bento models types` writes the augmentation that names those of the store.
 */

/**
 * The inputs and outputs of models by name, for `models.get` to be typed by.
 *
 * @example
 * ```ts
 * declare module 'bentojs' {
 *   interface Models {
 *     iris_classifier: { inputs: { features: 'float32' }; outputs: { label: 'string'; probabilities: 'float32' } }
 *   }
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-interface -- because a project fills it
export interface Models {}

export interface ModelSpec {
  readonly inputs: Readonly<Record<string, DType>>
  readonly outputs: Readonly<Record<string, DType>>
}

/** The data of a tensor of one dtype. */
export type DataOf<D extends DType> = D extends keyof ArrayTypes ? ArrayTypes[D] : TensorData

interface ArrayTypes {
  float32: Float32Array
  float64: Float64Array
  float16: Uint16Array
  int8: Int8Array
  int16: Int16Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  uint16: Uint16Array
  uint32: Uint32Array
  uint64: BigUint64Array
  bool: Uint8Array
  string: string[]
}

export interface TensorOf<D extends DType> extends Tensor {
  readonly dtype: D
  readonly data: DataOf<D>
}

/** The name in a tag: `iris_classifier` of `iris_classifier:latest`. */
type NameIn<Tag extends string> = Tag extends `${infer Name}:${string}` ? Name : Tag

/** What is declared of the model with this tag, or nothing in particular. */
export type SpecOf<Tag extends string> =
  NameIn<Tag> extends keyof Models ? Models[NameIn<Tag>] : ModelSpec

/** A row by the names of its columns. */
export type ModelRow = Readonly<Record<string, number | bigint | boolean | string | null>>

/** What `run` takes: every input by name, or rows by column. */
export type InputsOf<Spec> = Spec extends ModelSpec
  ? string extends keyof Spec['inputs']
    ? ModelInput | readonly ModelRow[] | Readonly<Record<string, ModelInput | readonly ModelRow[]>>
    :
        | ModelInput
        | readonly ModelRow[]
        | { readonly [Name in keyof Spec['inputs']]: ModelInput | readonly ModelRow[] }
  : never

export type OutputsOf<Spec> = Spec extends ModelSpec
  ? { readonly [Name in keyof Spec['outputs']]: TensorOf<Spec['outputs'][Name]> }
  : never

/** A row of an answer, as JSON would have it. */
export type Prediction = number | string | boolean | null | readonly Prediction[]
