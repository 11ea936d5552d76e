import { outputsOf } from '../runtimes/trees/answers.ts'
import { encodeTrees } from '../runtimes/trees/file.ts'
import type { TreesModel } from '../runtimes/trees/model.ts'
import { inputsOf } from '../runtimes/trees/runtime.ts'
import type { ReadModel } from './framework.ts'

const target = 'model.trees'

/** What a framework of trees read, as a file that the trees runtime opens. */
export function toReadModel(model: TreesModel, context: ReadModel['context']): ReadModel {
  return {
    runtime: 'trees',
    files: [{ content: encodeTrees(model), target }],
    main: target,
    inputs: inputsOf(model.header),
    outputs: outputsOf(model.header),
    context,
  }
}
