// The model alone, in batches of one size, as fast as one thread can: node offline.mjs MODEL ROWS SECONDS
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { percentile } from '../lib/numbers.mjs'
import { createFloats } from '../lib/random.mjs'

const [file, rowsText, secondsText] = process.argv.slice(2)
const rows = Number(rowsText)
const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 })
const x = new Tensor('float32', Float32Array.from(createFloats(rows * 128, 3)), [rows, 128])
for (let run = 0; run < 20; run++) await session.run({ x })

const times = []
const startedAt = performance.now()
const before = process.cpuUsage()
while (performance.now() - startedAt < Number(secondsText) * 1000) {
  const from = performance.now()
  await session.run({ x })
  times.push(performance.now() - from)
}
const { user, system } = process.cpuUsage(before)
const done = times.length * rows
console.log(
  JSON.stringify({
    rowsPerSecond: done / ((performance.now() - startedAt) / 1000),
    cpuMicrosPerRow: (user + system) / done,
    p50Ms: percentile(times, 50),
  }),
)
