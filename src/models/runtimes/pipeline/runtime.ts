import { dirname, join } from 'node:path'
import { createTensor, holds } from '../../../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../../../lib/tensor.ts'
import { onnx } from '../onnx/runtime.ts'
import type { LoadedModel, LoadOptions, Runtime } from '../runtime.ts'
import { trees } from '../trees/runtime.ts'
import { readStages } from './stages.ts'
import type { Stage } from './stages.ts'

/** Models in a row, each on what the one before answers: as preparation in ONNX and then trees, which stay exact. */
export const pipeline: Runtime = {
  name: 'pipeline',
  packages: onnx.packages,

  async load(file, options) {
    const stages = await readStages(file)
    return new Pipeline(await loadAll(stages, dirname(file), options))
  },
}

const runtimes = { onnx, trees }

/** None stays loaded when one fails. */
async function loadAll(
  stages: readonly Stage[],
  folder: string,
  options: LoadOptions,
): Promise<LoadedModel[]> {
  const loaded: LoadedModel[] = []
  try {
    for (const { runtime, main } of stages) {
      loaded.push(await runtimes[runtime].load(join(folder, main), options))
    }
    return loaded
  } catch (error) {
    await Promise.all(loaded.map((model) => model.release()))
    throw error
  }
}

class Pipeline implements LoadedModel {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #stages: readonly LoadedModel[]

  constructor(stages: readonly LoadedModel[]) {
    this.inputs = stages[0]?.inputs ?? []
    this.outputs = stages.at(-1)?.outputs ?? []
    this.#stages = stages
  }

  async run(inputs: TensorMap): Promise<TensorMap> {
    let values = inputs
    for (const [index, stage] of this.#stages.entries()) {
      const given = index === 0 ? values : pass(stage.inputs, values)
      values = await stage.run(given)
    }
    return values
  }

  async release(): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage.release()))
  }
}

/** The one tensor that passes from stage to stage, in the precision that the next one compares in. */
function pass(wanted: readonly ValueInfo[], values: TensorMap): TensorMap {
  const [input] = wanted
  const [value] = Object.values(values)
  if (input === undefined || value === undefined) return values
  return { [input.name]: input.dtype === 'float32' ? toSingle(value) : value }
}

function toSingle(tensor: Tensor): Tensor {
  const { data, shape } = tensor
  if (!holds('float64', data)) return tensor
  return createTensor('float32', shape, Float32Array.from(data, Number))
}
