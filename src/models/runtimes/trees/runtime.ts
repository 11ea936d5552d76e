import { readFile } from 'node:fs/promises'
import { BentoError, messageOf } from '../../../errors.ts'
import type { TensorMap, ValueInfo } from '../../../lib/tensor.ts'
import { checkInputs } from '../check-inputs.ts'
import type { LoadedModel, Runtime } from '../runtime.ts'
import { Answers, outputsOf } from './answers.ts'
import { columnInputs, joinColumns, Words } from './columns.ts'
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

export function inputsOf(header: TreesHeader): ValueInfo[] {
  if (header.categories) return columnInputs(header)
  const { rows, features, featureNames } = header
  const columns = featureNames.length === features ? { columns: featureNames } : {}
  return [{ name: inputName, dtype: rows, shape: [null, features], ...columns }]
}

interface Rows {
  readonly data: Float32Array | Float64Array
  readonly rows: number
}

class LoadedTrees implements LoadedModel {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #header: TreesHeader
  readonly #evaluator: Evaluator
  readonly #words = new Words()

  constructor(model: TreesModel) {
    this.inputs = inputsOf(model.header)
    this.outputs = outputsOf(model.header)
    this.#header = model.header
    this.#evaluator = new Evaluator(model)
  }

  // oxlint-disable-next-line typescript/require-await -- because a wrong input must be a rejection, as of every runtime
  async run(inputs: TensorMap): Promise<TensorMap> {
    checkInputs(this.inputs, inputs)
    const { data, rows } = this.#rowsOf(inputs)
    const answers = new Answers(this.#header, rows)
    this.#evaluator.run(data, rows, (sums, from, count) => answers.take(sums, from, count))
    return answers.tensors()
  }

  #rowsOf(inputs: TensorMap): Rows {
    const { categories, featureNames } = this.#header
    if (categories) return joinColumns(inputs, featureNames, this.#words)
    const { data, shape } = inputs[inputName] ?? { data: undefined, shape: [] }
    const isFloats = data instanceof Float32Array || data instanceof Float64Array
    return isFloats ? { data, rows: shape[0] ?? 0 } : { data: new Float32Array(0), rows: 0 }
  }

  release(): Promise<void> {
    return Promise.resolve()
  }
}
