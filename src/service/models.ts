import { BentoError } from '../errors.ts'
import { createTensor } from '../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../lib/tensor.ts'
import { predictionOf, probabilitiesOf, rowsOf } from './model-answers.ts'
import type { ModelHost, ModelInfo } from './model-host.ts'
import { toModelInputs } from './model-inputs.ts'
import type { InputsOf, ModelSpec, OutputsOf, Prediction, SpecOf } from './model-types.ts'

/** A model of the store, as a service uses it. Made by `models.get`; the model itself is loaded by the server. */
export interface ModelHandle<Spec = ModelSpec> {
  /** As the service wrote it, as `iris_classifier:latest`. */
  readonly tag: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** What was stored with it: framework, labels, metadata. */
  readonly info: ModelInfo
  /**
   * Runs the model. Takes its inputs by name, or the only input by itself, each a tensor, a typed array, nested arrays
   * or a single number; or rows as objects, where the model names its columns. Gives its outputs by name.
   */
  run(inputs: InputsOf<Spec>): Promise<OutputsOf<Spec>>
  /** The answer for each row: the label of a classifier, or else what the model predicts. */
  predict(inputs: InputsOf<Spec>): Promise<Prediction[]>
  /** The probability of each class for each row, in the order of `columns` of the output. For classifiers alone. */
  predictProba(inputs: InputsOf<Spec>): Promise<number[][]>
  /** Where a file lies that was stored with the model, as `tokenizer.json`. Throws FILE_NOT_FOUND. */
  path(file: string): string
}

let boundHost: ModelHost | undefined
const requested = new Set<string>()

/**
 * A handle on a model, for a field, a static or a module constant of a service: the server loads every model that was
 * asked for before the first request.
 *
 * @example
 * ```ts
 * readonly model = models.get('iris_classifier:latest')
 * ```
 */
export function getModel<const Tag extends string>(tag: Tag): ModelHandle<SpecOf<Tag>> {
  // Its grammar is the store's business; this only sees to it that there is something to ask the store for.
  if (typeof tag !== 'string' || tag.trim() === '') {
    throw new BentoError('TAG_INVALID', `models.get was given ${JSON.stringify(tag)} for a tag`, {
      hint: "Write name:version, as models.get('iris_classifier:latest').",
    })
  }
  requested.add(tag)
  return new LazyModel<SpecOf<Tag>>(tag)
}

/** The tags that were asked for so far, sorted. */
export function requestedModels(): string[] {
  return [...requested].toSorted()
}

/** Gives all handles, older ones too, to whoever runs models here. Returns the host before. */
export function bindModelHost(host: ModelHost | undefined): ModelHost | undefined {
  const before = boundHost
  boundHost = host
  return before
}

class LazyModel<Spec> implements ModelHandle<Spec> {
  readonly tag: string

  constructor(tag: string) {
    this.tag = tag
  }

  get inputs(): readonly ValueInfo[] {
    return this.info.inputs
  }

  get outputs(): readonly ValueInfo[] {
    return this.info.outputs
  }

  get info(): ModelInfo {
    return requireHost(this.tag).info(this.tag)
  }

  async run(inputs: InputsOf<Spec>): Promise<OutputsOf<Spec>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the project declared what its models give
    return toResult(await this.#run(inputs)) as OutputsOf<Spec>
  }

  async predict(inputs: InputsOf<Spec>): Promise<Prediction[]> {
    const name = predictionOf(this.info)
    return rowsOf(await this.#run(inputs), name)
  }

  async predictProba(inputs: InputsOf<Spec>): Promise<number[][]> {
    const name = probabilitiesOf(this.info)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because an output of probabilities has numbers in rows
    return rowsOf(await this.#run(inputs), name) as number[][]
  }

  path(file: string): string {
    return requireHost(this.tag).path(this.tag, file)
  }

  #run(inputs: unknown): Promise<TensorMap> {
    const host = requireHost(this.tag)
    return host.run(this.tag, toModelInputs(inputs, host.info(this.tag).inputs, this.tag))
  }
}

function requireHost(tag: string): ModelHost {
  if (boundHost) return boundHost
  throw new BentoError('NOT_READY', `Model "${tag}" is not loaded here`, {
    hint: 'Models run only inside a served service: start it with `bento serve`.',
  })
}

/** Outputs that a method may return as they are: JSON writes them as nested arrays. */
function toResult(outputs: TensorMap): Record<string, Tensor> {
  const result: Record<string, Tensor> = {}
  for (const [name, { dtype, shape, data }] of Object.entries(outputs)) {
    result[name] = createTensor(dtype, shape, data)
  }
  return result
}
