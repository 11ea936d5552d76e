// bento's own trees beside onnxruntime's tree ensemble: the same model, the same rows, one thread each.
import { deepStrictEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildBento, runBento } from '../lib/bento.mjs'
import { median } from '../lib/numbers.mjs'
import { cpuMicros } from '../lib/proc.mjs'
import { createFloats } from '../lib/random.mjs'
import { warmUp } from '../lib/warm-up.mjs'
import { withServers } from '../lib/with-servers.mjs'
import { features, renderForest } from '../trees/forest-file.mjs'

const execute = promisify(execFile)
const program = fileURLToPath(new URL('../servers/trees.mjs', import.meta.url))
const context = fileURLToPath(new URL('../trees/', import.meta.url))
const sizes = [1, 64, 256]

export const trees = {
  name: 'trees',
  async run({ home, rounds, seconds, closedLoop }) {
    const file = join(home, 'trees.json')
    await writeFile(file, renderForest(11))
    const folder = await buildBento({ home, model: { name: 'trees', file }, context })
    const stored = await runBento(['models', 'get', 'trees', '-o', 'path'], home)
    const onnx = await runBento(['models', 'export', 'trees', home, '--format', 'onnx'], home)
    const models = { trees: join(stored, 'model.trees'), onnx }
    const figures = []
    for (let round = 0; round < rounds; round++) {
      for (const rows of sizes) figures.push(await compare(models, { rows, seconds }))
    }
    const micros = await measureRequests(folder, { home, rounds, seconds, closedLoop })
    return report(figures, micros)
  },
}

async function compare(models, { rows, seconds }) {
  const [ours, theirs] = [
    await runAlone('trees', models, rows, seconds),
    await runAlone('onnx', models, rows, seconds),
  ]
  deepStrictEqual(theirs.first, ours.first)
  return { rows, ours: ours.microsPerCall, theirs: theirs.microsPerCall }
}

async function runAlone(runtime, models, rows, seconds) {
  const args = [program, runtime, models[runtime], String(features), String(rows), String(seconds)]
  const { stdout } = await execute(process.execPath, args)
  return JSON.parse(stdout)
}

/** CPU of the whole tree of processes for a request of one row, at one connection. */
async function measureRequests(folder, { home, rounds, seconds, closedLoop }) {
  const body = JSON.stringify({ features: [createFloats(features, 5)] })
  const request = { path: '/predict', body, check: (answer) => deepStrictEqual(answer.length, 1) }
  const server = { cwd: folder, args: ['dist/service.mjs'], env: { BENTO_HOME: home }, request }
  const micros = []
  await withServers([server], async ([served]) => {
    await warmUp([served], { closedLoop, seconds, connections: 1 })
    for (let round = 0; round < rounds; round++) {
      const before = cpuMicros(served.pid)
      const { requests, failed } = await closedLoop({ ...served.target, connections: 1, seconds })
      if (failed > 0) throw new Error(`${failed} of ${requests} requests failed`)
      micros.push((cpuMicros(served.pid) - before) / requests)
    }
  })
  return micros
}

function report(figures, micros) {
  const of = (rows, pick) => median(figures.filter((one) => one.rows === rows).map(pick))
  const speed = (rows) => of(rows, ({ ours, theirs }) => theirs / ours)
  const perRequest = median(micros)
  return {
    lines: [
      ...sizes.map(
        (rows) =>
          `${rows} rows: trees ${of(rows, (one) => one.ours).toFixed(1)} µs, onnxruntime ${of(rows, (one) => one.theirs).toFixed(1)} µs a call`,
      ),
      `${perRequest.toFixed(0)} µs of CPU per request of one row, at one connection`,
    ],
    bars: [
      { bar: '1 row: ≥ 5 × onnxruntime', value: speed(1), isMet: speed(1) >= 5 },
      { bar: '64 rows: ≥ 0.8 × onnxruntime', value: speed(64), isMet: speed(64) >= 0.8 },
      { bar: '256 rows: ≥ 0.8 × onnxruntime', value: speed(256), isMet: speed(256) >= 0.8 },
      { bar: 'CPU per request ≤ 150 µs', value: perRequest, isMet: perRequest <= 150 },
    ],
    figures,
  }
}
