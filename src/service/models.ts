import { BentoError } from '../errors.ts'
import { createTensor } from '../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../lib/tensor.ts'
import type { ModelHost } from './model-host.ts'
import { toModelInputs } from './model-inputs.ts'
import type { ModelInput } from './model-inputs.ts'

/** A model of the store, as a service uses it. Made by `models.get`; the model itself is loaded by the server. */
export interface ModelHandle {
  /** As the service wrote it, as `iris_classifier:latest`. */
  readonly tag: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /**
   * Runs the model. Takes its inputs by name, or the only input by itself, each a tensor, a typed array, nested arrays
   * or a single number; gives its outputs by name.
   */
  run(inputs: ModelInput | Readonly<Record<string, ModelInput>>): Promise<Record<string, Tensor>>
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
export function getModel(tag: string): ModelHandle {
  // Its grammar is the store's business; this only sees to it that there is something to ask the store for.
  if (typeof tag !== 'string' || tag.trim() === '') {
    throw new BentoError('TAG_INVALID', `models.get was given ${JSON.stringify(tag)} for a tag`, {
      hint: "Write name:version, as models.get('iris_classifier:latest').",
    })
  }
  requested.add(tag)
  return new LazyModel(tag)
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

class LazyModel implements ModelHandle {
  readonly tag: string

  constructor(tag: string) {
    this.tag = tag
  }

  get inputs(): readonly ValueInfo[] {
    return requireHost(this.tag).inputs(this.tag)
  }

  get outputs(): readonly ValueInfo[] {
    return requireHost(this.tag).outputs(this.tag)
  }

  async run(
    inputs: ModelInput | Readonly<Record<string, ModelInput>>,
  ): Promise<Record<string, Tensor>> {
    const host = requireHost(this.tag)
    const feeds = toModelInputs(inputs, host.inputs(this.tag), this.tag)
    return toResult(await host.run(this.tag, feeds))
  }

  path(file: string): string {
    return requireHost(this.tag).path(this.tag, file)
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
