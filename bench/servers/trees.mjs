// A tree model alone, on one thread, with fresh rows in every call: node trees.mjs trees|onnx MODEL FEATURES ROWS SECONDS
import { onnx } from '../../dist/models/runtimes/onnx/runtime.js'
import { trees } from '../../dist/models/runtimes/trees/runtime.js'
import { createFloats } from '../lib/random.mjs'

const [runtime, file, featuresText, rowsText, secondsText] = process.argv.slice(2)
const [features, rows] = [Number(featuresText), Number(rowsText)]
const options = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }
const model = await (runtime === 'trees' ? trees : onnx).load(file, options)

// More rows than a branch predictor can learn by heart.
const blocks = Array.from({ length: Math.ceil(65_536 / rows) }, (_, at) => ({
  features: {
    dtype: 'float32',
    shape: [rows, features],
    data: Float32Array.from(createFloats(rows * features, at + 1)),
  },
}))

const first = await model.run(blocks[0])
let calls = 0
const runFor = async (seconds) => {
  const startedAt = performance.now()
  const before = calls
  while (performance.now() - startedAt < seconds * 1000) {
    await model.run(blocks[calls++ % blocks.length])
  }
  return ((performance.now() - startedAt) * 1000) / (calls - before)
}
await runFor(Math.min(2, Number(secondsText)))
const microsPerCall = await runFor(Number(secondsText))
console.log(
  JSON.stringify({ microsPerCall, first: Array.from(first.predictions.data.slice(0, 8)) }),
)
