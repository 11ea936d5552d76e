import { readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { BentoError } from '../../errors.ts'
import { readStages } from '../runtimes/pipeline/stages.ts'
import { outputsOf } from '../runtimes/trees/answers.ts'
import { decodeTrees } from '../runtimes/trees/file.ts'
import { inputsOf } from '../runtimes/trees/runtime.ts'
import type { ReadModel } from './framework.ts'
import { onnx } from './onnx/framework.ts'

/** A file that a runtime opens as it is: ONNX, `model.trees`, or a pipeline of those. */
export async function readModelFile(file: string): Promise<ReadModel> {
  switch (extname(file)) {
    case '.onnx':
      return onnx.read(file)
    case '.trees':
      return readTrees(file)
    case '.json':
      return readPipeline(file)
    default:
      throw new BentoError('MODEL_INVALID', `"${file}" is no file of a runtime`, {
        hint: 'Give one that ends in .onnx, .trees or pipeline.json.',
      })
  }
}

async function readTrees(file: string): Promise<ReadModel> {
  const { header } = decodeTrees(await readFile(file), file)
  return {
    runtime: 'trees',
    files: [{ source: file, target: 'model.trees' }],
    main: 'model.trees',
    inputs: inputsOf(header),
    outputs: outputsOf(header),
    context: {},
  }
}

/** It takes what its first stage takes, and answers what its last answers. */
async function readPipeline(file: string): Promise<ReadModel> {
  const stages = await readStages(file)
  const read = stages.map(({ main }) => readModelFile(join(dirname(file), main)))
  const models = await Promise.all(read)
  return {
    runtime: 'pipeline',
    files: [{ source: file, target: 'pipeline.json' }, ...models.flatMap(({ files }) => files)],
    main: 'pipeline.json',
    inputs: models[0]?.inputs ?? [],
    outputs: models.at(-1)?.outputs ?? [],
    context: {},
  }
}
