import { join } from 'node:path'
import { isBentoError } from '../../errors.ts'
import { anything, either, list, number, object, record, text } from '../../lib/shape.ts'
import { readPackedTensor, unpackTensor } from '../../lib/tensor-pack.ts'
import type { PackedTensor } from '../../lib/tensor-pack.ts'
import type { TensorMap } from '../../lib/tensor.ts'
import type { Check } from '../fidelity/check.ts'
import { defaultTolerance, verify } from '../fidelity/verify.ts'
import { readModelFile } from '../frameworks/converted-file.ts'
import type { ReadModel } from '../frameworks/framework.ts'
import { fileName } from './file-name.ts'
import type { PythonOptions } from './find-python.ts'
import { runScript } from './run-script.ts'
import type { ScriptRequest } from './run-script.ts'

const check = object({
  source: text,
  inputs: record(readPackedTensor),
  expected: record(readPackedTensor),
})

const answer = object({
  candidates: list(object({ main: fileName, files: list(fileName) })),
  context: record(either(text, number)),
  check: anything,
})

/** A model that only its own framework can read, as its script made it: files of a runtime, and rows to compare on. */
export async function convert(request: ScriptRequest, options: PythonOptions): Promise<ReadModel> {
  return readConverted(await runScript(request, options), request.folder, options.cwd)
}

/** What a script left in a folder. `root` has the packages of the runtimes. */
export async function readConverted(
  converted: unknown,
  parent: string,
  root: string,
): Promise<ReadModel> {
  const said = answer(converted, '')
  const models: ReadModel[] = []
  for (const [index, { main, files }] of said.candidates.entries()) {
    const folder = join(parent, String(index))
    const model = await readModelFile(join(folder, main))
    models.push({
      ...model,
      files: files.map((target) => ({ source: join(folder, target), target })),
      context: { ...model.context, ...said.context },
      ...(said.check === null ? {} : { check: toCheck(said.check) }),
    })
  }
  return pickFaithful(models, root)
}

/** The first that answers as the original does. Where none does, it is the first that is refused later. */
async function pickFaithful(models: readonly ReadModel[], root: string): Promise<ReadModel> {
  const [first, ...others] = models
  if (first === undefined) throw new Error('the script made no model')
  if (others.length === 0) return first
  for (const model of models) if (await isFaithful(model, root)) return model
  return first
}

async function isFaithful({ check: rows, files, main, runtime }: ReadModel, root: string) {
  const file = files.find(({ target }) => target === main)
  if (rows === undefined || file === undefined || !('source' in file)) return true
  const options = { runtime, file: file.source, tolerance: defaultTolerance, packageRoots: [root] }
  return verify(rows, options).then(
    () => true,
    (error: unknown) => {
      if (isBentoError(error) && error.code !== 'PACKAGE_MISSING') return false
      throw error
    },
  )
}

/** Rows and answers as a script packs them. */
export function toCheck(said: unknown): Check {
  const { source, inputs, expected } = check(said, 'check')
  return { source, inputs: unpackAll(inputs), expected: unpackAll(expected) }
}

function unpackAll(tensors: Readonly<Record<string, PackedTensor>>): TensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, item]) => [name, unpackTensor(item)]),
  )
}
