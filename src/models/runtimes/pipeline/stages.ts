import { readFile } from 'node:fs/promises'
import { BentoError, messageOf } from '../../../errors.ts'
import { list, literal, object, text } from '../../../lib/shape.ts'

export interface Stage {
  readonly runtime: 'onnx' | 'trees'
  /** Beside `pipeline.json`. */
  readonly main: string
}

const file = object({
  format: literal(1),
  stages: list(object({ runtime: literal('onnx', 'trees'), main: text })),
})

/** Reads `pipeline.json`. Throws MODEL_LOAD_FAILED. */
export async function readStages(path: string): Promise<readonly Stage[]> {
  try {
    const { stages } = file(JSON.parse(await readFile(path, 'utf8')), '')
    if (stages.length === 0) throw new Error('it has no stages')
    for (const { main } of stages) {
      if (!/^[\w-]+\.(?:onnx|trees)$/.test(main)) throw new Error(`"${main}" is no file beside it`)
    }
    return stages
  } catch (error) {
    throw new BentoError('MODEL_LOAD_FAILED', `"${path}" does not load: ${messageOf(error)}`, {
      hint: 'Import the model again.',
      cause: error,
    })
  }
}
