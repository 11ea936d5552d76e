import { readFile } from 'node:fs/promises'
import { BentoError, messageOf } from '../../../errors.ts'
import type { TensorMap, ValueInfo } from '../../../lib/tensor.ts'
import { checkInputs } from '../check-inputs.ts'
import type { LoadedModel, Runtime } from '../runtime.ts'
import { Answers, outputsOf } from './answers.ts'
import { Evaluator } from './evaluator.ts'
import { decodeTrees } from './file.ts'
import type { TreesHeader, TreesModel } from './model.ts'

/** Tree ensembles in plain TypeScript, exact in the precision of the framework that trained them. */
export const trees: Runtime = {
  name: 'trees',
  packages: [],

  async load(file) {
    return new LoadedTrees(decodeTrees(await readBytes(file), file))
  },
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new BentoError('MODEL_LOAD_FAILED', `"${file}" does not load: ${messageOf(error)}`, {
      hint: 'Import the model again.',
      cause: error,
    })
  }
}

const inputName = 'features'

export function inputsOf({ rows, features, featureNames }: TreesHeader): ValueInfo[] {
  const columns = featureNames.length === features ? { columns: featureNames } : {}
  return [{ name: inputName, dtype: rows, shape: [null, features], ...columns }]
}

class LoadedTrees implements LoadedModel {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #header: TreesHeader
  readonly #evaluator: Evaluator

  constructor(model: TreesModel) {
    this.inputs = inputsOf(model.header)
    this.outputs = outputsOf(model.header)
    this.#header = model.header
    this.#evaluator = new Evaluator(model)
  }

  // oxlint-disable-next-line typescript/require-await -- because a wrong input must be a rejection, as of every runtime
  async run(inputs: TensorMap): Promise<TensorMap> {
    checkInputs(this.inputs, inputs)
    const { data, shape } = inputs[inputName] ?? { data: undefined, shape: [] }
    if (!(data instanceof Float32Array || data instanceof Float64Array)) return {}
    const rows = shape[0] ?? 0
    const answers = new Answers(this.#header, rows)
    this.#evaluator.run(data, rows, (sums, from, count) => answers.take(sums, from, count))
    return answers.tensors()
  }

  release(): Promise<void> {
    return Promise.resolve()
  }
}
