// The model alone, in batches of one size, on one thread: node offline.mjs MODEL ROWS SECONDS [PAUSE_MS]
// As fast as it can, or with a pause before each run, as a server that waits for its next request has one.
import { setTimeout as delay } from 'node:timers/promises'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { percentile } from '../lib/numbers.mjs'
import { createFloats } from '../lib/random.mjs'

const [file, rowsText, secondsText, pauseText = '0'] = process.argv.slice(2)
const rows = Number(rowsText)
const pauseMs = Number(pauseText)
const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 })
const x = new Tensor('float32', Float32Array.from(createFloats(rows * 128, 3)), [rows, 128])
for (let run = 0; run < 20; run++) await session.run({ x })

const times = []
const startedAt = performance.now()
const before = process.cpuUsage()
while (performance.now() - startedAt < Number(secondsText) * 1000) {
  if (pauseMs > 0) await delay(pauseMs)
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
