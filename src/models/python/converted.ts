import { join } from 'node:path'
import {
  anything,
  count,
  either,
  list,
  literal,
  nullable,
  number,
  object,
  record,
  text,
} from '../../lib/shape.ts'
import { allocate, createTensor, sizeOf } from '../../lib/tensor-ops.ts'
import { dtypes } from '../../lib/tensor.ts'
import type { Tensor } from '../../lib/tensor.ts'
import type { Check } from '../fidelity/check.ts'
import { readModelFile } from '../frameworks/converted-file.ts'
import type { ReadModel } from '../frameworks/framework.ts'
import type { PythonOptions } from './find-python.ts'
import { runScript } from './run-script.ts'
import type { ScriptRequest } from './run-script.ts'

const packed = object({ dtype: literal(...dtypes), shape: list(count), data: anything })
const check = object({ source: text, inputs: record(packed), expected: record(packed) })

const answer = object({
  main: text,
  files: list(text),
  context: record(either(text, number)),
  check: nullable(check),
})

/** A model that only its own framework can read, as its script made it: files of a runtime, and rows to compare on. */
export async function convert(request: ScriptRequest, options: PythonOptions): Promise<ReadModel> {
  return readConverted(await runScript(request, options), request.folder)
}

/** What a script said of a folder, as a model. */
export async function readConverted(said: unknown, folder: string): Promise<ReadModel> {
  const { main, files, context, check: compared } = answer(said, '')
  const model = await readModelFile(join(folder, main))
  return {
    ...model,
    files: files.map((target) => ({ source: join(folder, target), target })),
    main,
    context: { ...model.context, ...context },
    ...(compared === null ? {} : { check: toCheck(compared) }),
  }
}

function toCheck({ source, inputs, expected }: ReturnType<typeof check>): Check {
  return { source, inputs: unpackAll(inputs), expected: unpackAll(expected) }
}

function unpackAll(
  tensors: Readonly<Record<string, ReturnType<typeof packed>>>,
): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(tensors).map(([name, item]) => [name, unpack(item)]))
}

function unpack({ dtype, shape, data }: ReturnType<typeof packed>): Tensor {
  if (dtype === 'string') return createTensor(dtype, shape, list(text)(data, 'data').slice())
  const filled = allocate(dtype, sizeOf(shape))
  if (!ArrayBuffer.isView(filled)) throw new Error(`${dtype} has no bytes`)
  const bytes = Buffer.from(text(data, 'data'), 'base64')
  if (bytes.length !== filled.byteLength) throw new Error('a tensor of the script was cut off')
  Buffer.from(filled.buffer).set(bytes)
  return createTensor(dtype, shape, filled)
}
