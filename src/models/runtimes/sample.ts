import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, isSystemError, messageOf } from '../../errors.ts'
import { object, record, text } from '../../lib/shape.ts'
import { packTensor, readPackedTensor, unpackTensor } from '../../lib/tensor-pack.ts'
import type { PackedTensor } from '../../lib/tensor-pack.ts'
import type { Tensor, TensorMap } from '../../lib/tensor.ts'

/** Beside the model: a few rows of those that it was compared on. It runs on them before the first request. */
export const sampleFile = 'bento-sample.json'

export interface Sample {
  /** Where the rows come from: a file's name, or that they were made up. */
  readonly source: string
  /** As the model takes them. */
  readonly inputs: TensorMap
}

const packedSample = object({ source: text, inputs: record(readPackedTensor) })

export function renderSample({ source, inputs }: Sample): Uint8Array {
  const packed: Record<string, PackedTensor> = {}
  for (const [name, tensor] of Object.entries(inputs)) packed[name] = packTensor(tensor)
  return Buffer.from(`${JSON.stringify({ source, inputs: packed })}\n`)
}

/** The rows that are kept in a model's folder, or undefined. Throws MODEL_INVALID. */
export async function readSample(folder: string): Promise<Sample | undefined> {
  const file = join(folder, sampleFile)
  try {
    const { source, inputs } = packedSample(JSON.parse(await readFile(file, 'utf8')), '')
    const unpacked: Record<string, Tensor> = {}
    for (const [name, item] of Object.entries(inputs)) unpacked[name] = unpackTensor(item)
    return { source, inputs: unpacked }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw new BentoError('MODEL_INVALID', `"${file}" cannot be read: ${messageOf(error)}`, {
      hint: 'Import the model again.',
      cause: error,
    })
  }
}
