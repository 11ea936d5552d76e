// bento beside BentoML and LitServe: the same model, the same body, turn about. bench/README.md says how to run it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from '../lib/numbers.mjs'
import { runOffline } from '../lib/offline.mjs'
import { cpuMicros, pssMegabytes } from '../lib/proc.mjs'
import { startServer } from '../lib/server.mjs'
import { renderBars } from '../lib/table.mjs'
import { warmUp } from '../lib/warm-up.mjs'
import { runWrk } from '../lib/wrk.mjs'
import { echo } from '../rows/echo.mjs'
import { mlp } from '../rows/mlp.mjs'
import { prepareSkeleton } from '../rows/skeleton.mjs'
import { openPython } from './python.mjs'

const connections = 64
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    python: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)]
const home = await mkdtemp(join(tmpdir(), 'bento-bench-home-'))
try {
  const prepared = await prepare()
  const figures = await measure(prepared, await prepareFloor(prepared.bento))
  const report = judge(figures)
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : render(report))
} finally {
  await rm(home, { recursive: true, force: true })
}

async function prepare() {
  const python = await openPython(values.python)
  const bento = { command: process.execPath, ...(await mlp.prepare(home)) }
  const peer = (command, args) => ({
    command,
    args,
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { MODEL: bento.model, BENTOML_HOME: home, BENTOML_DO_NOT_TRACK: 'true' },
    request: bento.request,
  })
  return {
    bento,
    BentoML: peer('/bin/sh', [
      '-c',
      `exec ${python}/bentoml serve bentoml_service:Mlp --host 127.0.0.1 --port $BENTO_PORT`,
    ]),
    LitServe: peer(`${python}/python`, ['litserve_server.py']),
  }
}

/** What Node itself needs for this: a bare echo of the body, the model alone, and a skeleton of the same processes. */
async function prepareFloor(bento) {
  return {
    echo: { command: process.execPath, ...(await echo.prepare()) },
    skeleton: prepareSkeleton(bento, (row) => bento.request.check([row.map(Number)])),
    model: bento.model,
  }
}

async function measureFloor({ echo, skeleton, model }) {
  const { cpuMicrosPerRequest } = await measureOne(echo)
  const { cpuMicrosPerRow } = await runOffline(model, connections, seconds)
  const started = await startServer(skeleton)
  await started.end()
  return {
    cpuMicrosPerRequest: cpuMicrosPerRequest + cpuMicrosPerRow,
    firstAnswerMs: started.firstAnswerMs,
  }
}

async function measure(prepared, floor) {
  const figures = Object.fromEntries(Object.keys(prepared).map((name) => [name, []]))
  figures.floor = []
  for (let round = 1; round <= rounds; round++) {
    for (const [name, one] of Object.entries(prepared)) {
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`)
      figures[name].push(await measureOne(one))
    }
    process.stderr.write(`round ${round} of ${rounds}: what Node itself needs\n`)
    figures.floor.push(await measureFloor(floor))
  }
  return figures
}

async function measureOne(prepared) {
  const server = await startServer(prepared)
  try {
    const target = { port: server.port, ...prepared.request }
    await warmUp([{ target }], { closedLoop: runWrk, seconds, connections })
    const before = cpuMicros(server.pid)
    const { requests, failed, requestsPerSecond } = await runWrk({
      ...target,
      connections,
      seconds,
    })
    // A refusal is cheap, and would make its server look better than it is.
    if (failed > 0) throw new Error(`${failed} of ${requests} requests failed`)
    return {
      cpuMicrosPerRequest: (cpuMicros(server.pid) - before) / requests,
      requestsPerSecond,
      firstAnswerMs: server.firstAnswerMs,
      pssMegabytes: pssMegabytes(server.pid),
    }
  } finally {
    await server.end()
  }
}

function judge({ floor, ...figures }) {
  const of = (name, key) => median(figures[name].map((one) => one[key]))
  const keys = Object.keys(figures.bento[0])
  const rows = Object.keys(figures).map((name) => ({
    name,
    ...Object.fromEntries(keys.map((key) => [key, of(name, key)])),
  }))
  const cpu = of('BentoML', 'cpuMicrosPerRequest') / of('bento', 'cpuMicrosPerRequest')
  const first = of('BentoML', 'firstAnswerMs') / of('bento', 'firstAnswerMs')
  const bars = [
    { bar: 'CPU per request of BentoML ≥ 15 × bento', value: cpu, isMet: cpu >= 15 },
    { bar: 'first answer of BentoML ≥ 10 × bento', value: first, isMet: first >= 10 },
  ]
  const least = {
    cpuMicrosPerRequest: median(floor.map((one) => one.cpuMicrosPerRequest)),
    firstAnswerMs: median(floor.map((one) => one.firstAnswerMs)),
  }
  return { rows, least, bars, figures: { ...figures, floor } }
}

function render({ rows, least, bars }) {
  const peer = rows.find(({ name }) => name === 'BentoML')
  const times = (key) => `${(peer[key] / least[key]).toFixed(1)} × less than BentoML`
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${row.cpuMicrosPerRequest.toFixed(0)} | ${row.requestsPerSecond.toFixed(0)} | ${row.firstAnswerMs.toFixed(0)} | ${row.pssMegabytes.toFixed(0)} |`,
  )
  return [
    '| | CPU µs/request | requests/s | first answer ms | PSS MB |',
    '|---|--:|--:|--:|--:|',
    ...lines,
    '',
    `What Node itself needs: a bare echo of the body and the model alone in batches of ${connections} ${least.cpuMicrosPerRequest.toFixed(0)} µs of CPU, ${times('cpuMicrosPerRequest')};`,
    `a skeleton of the same processes ${least.firstAnswerMs.toFixed(0)} ms until its first answer, ${times('firstAnswerMs')}.`,
    '',
    renderBars(bars),
    '',
  ].join('\n')
}
