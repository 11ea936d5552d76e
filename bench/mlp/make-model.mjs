// Writes a network of seeded weights below bench/.cache, and checks it against a forward pass in plain JavaScript.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { createFloats } from '../lib/random.mjs'
import { createLayers, differenceOf, forward } from './network.mjs'
import { writeMlp } from './onnx-file.mjs'

const rows = 5
const tolerance = 1e-5

/** What the rows serve: 4.8, 34.7 and 136 MB. A repeated network takes that much longer, and its file is no larger. */
export const networks = {
  mlp: { units: [128, 1024, 1024, 10], repeats: 1 },
  wide: { units: [128, 2048, 2048, 2048, 10], repeats: 1 },
  heavy: { units: [128, 4096, 4096, 4096, 10], repeats: 4 },
}

/** Returns the file's path. */
export async function makeModel(name) {
  const layers = createLayers(networks[name])
  const bytes = writeMlp(layers)
  await checkModel(name, bytes, layers)
  const file = fileURLToPath(new URL(`../.cache/${name}.onnx`, import.meta.url))
  await mkdir(new URL('../.cache/', import.meta.url), { recursive: true })
  await writeFile(`${file}.${process.pid}`, bytes)
  await rename(`${file}.${process.pid}`, file)
  return file
}

async function checkModel(name, bytes, layers) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 })
  const columns = layers[0].inputs
  const values = Float32Array.from(createFloats(rows * columns, 7))
  const { y } = await session.run({ x: new Tensor('float32', values, [rows, columns]) })
  const outputs = y.data.length / rows
  for (let row = 0; row < rows; row++) {
    const expected = forward(layers, values.subarray(row * columns, (row + 1) * columns))
    const difference = differenceOf(y.data.subarray(row * outputs, (row + 1) * outputs), expected)
    if (!(difference <= tolerance)) {
      throw new Error(`${name}.onnx differs from the forward pass by ${difference} in row ${row}`)
    }
  }
  await session.release()
}
