import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { integer, message, node, onnxModel, text } from './onnx-writer.ts'

export const side = 4096

/** Writes y = x · w into a folder, with w of 64 MiB in a file of its own. Gives the model's file. */
export async function writeLargeModel(folder: string): Promise<string> {
  const w = Float32Array.from({ length: side * side }, (_, at) => ((at * 31) % 113) / 64 - 0.8)
  await writeFile(join(folder, 'w.bin'), w)
  const weights = [
    integer(1, side),
    integer(1, side),
    integer(2, 1),
    text(8, 'w'),
    message(13, [text(1, 'location'), text(2, 'w.bin')]),
    integer(14, 1),
  ]
  const file = join(folder, 'model.onnx')
  const bytes = onnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['n', side] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['n', side] }],
    graph: [node('MatMul', { from: ['x', 'w'], to: ['y'] }), message(5, weights)],
  })
  await writeFile(file, bytes)
  return file
}
