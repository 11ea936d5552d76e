// What a request costs beside the floor and beside the model offline, and what the batches make of a runner's time.
import { batchesBetween, readMetrics } from '../lib/metrics.mjs'
import { median } from '../lib/numbers.mjs'
import { runOffline } from '../lib/offline.mjs'
import { cpuMicros, sideThreads } from '../lib/proc.mjs'
import { warmUp } from '../lib/warm-up.mjs'
import { withServers } from '../lib/with-servers.mjs'
import { echo } from '../rows/echo.mjs'
import { mlp } from '../rows/mlp.mjs'

const connections = 64

export const engine = {
  name: 'engine',
  async run({ home, rounds, seconds, closedLoop }) {
    const prepared = [await echo.prepare(), await mlp.prepare(home)]
    const figures = []
    await withServers(prepared, async ([floor, served]) => {
      const load = ({ target }) => closedLoop({ ...target, connections, seconds })
      await warmUp([floor, served], { closedLoop, seconds, connections })
      for (let round = 0; round < rounds; round++) {
        const echoMicros = await cpuPerRequest(floor, () => load(floor))
        const before = await readMetrics(served.port)
        const threads = sideThreads(served.pid)
        const wholeMicros = await cpuPerRequest(served, () => load(served))
        const runnerMicros = busiest(threads, sideThreads(served.pid))
        const batches = batchesBetween(before, await readMetrics(served.port))
        const runModel = (restMs) =>
          runOffline(prepared[1].model, Math.round(batches.meanRows), seconds, restMs)
        const alone = await runModel()
        // Served, the model shares the machine with a client and an HTTP thread, and two threads of one core slow each
        // other down: the same happens to it here.
        const [offline] = await Promise.all([runModel(), load(floor)])
        // It also waits for each batch, while others use the caches.
        const [rested] = await Promise.all([runModel(restBetween(batches, seconds)), load(floor)])
        const runnerMicrosPerRow = runnerMicros / batches.rows
        const model = { runnerMicrosPerRow, alone, offline, rested }
        figures.push({ echoMicros, wholeMicros, ...batches, ...model })
      }
    })
    return report(figures)
  },
}

async function cpuPerRequest({ pid }, load) {
  const before = cpuMicros(pid)
  const { requests, failed } = await load()
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed`)
  return (cpuMicros(pid) - before) / requests
}

/** How long the runner had nothing to do before a batch, in whole milliseconds. */
function restBetween({ rows, meanRows, rowsPerBusySecond }, seconds) {
  const idleSeconds = seconds - rows / rowsPerBusySecond
  return Math.max(1, Math.round((idleSeconds * 1000) / (rows / meanRows)))
}

/** What the runner used: beside it there are only threads that compile and collect garbage. */
function busiest(before, after) {
  return Math.max(...[...after].map(([thread, micros]) => micros - (before.get(thread) ?? 0)))
}

function report(figures) {
  const of = (pick) => median(figures.map(pick))
  const whole = of((one) => one.wholeMicros / one.echoMicros)
  const without = of((one) => (one.wholeMicros - one.offline.cpuMicrosPerRow) / one.echoMicros)
  const busy = of((one) => one.offline.cpuMicrosPerRow / one.runnerMicrosPerRow)
  const busyOnTheClock = of((one) => one.rowsPerBusySecond / one.offline.rowsPerSecond)
  const batch = of((one) => one.meanRows).toFixed(0)
  return {
    lines: [
      `echo ${of((one) => one.echoMicros).toFixed(1)} µs, mlp ${of((one) => one.wholeMicros).toFixed(1)} µs of CPU per request at ${connections} connections`,
      `the model in batches of ${batch}: ${of((one) => one.runnerMicrosPerRow).toFixed(1)} µs per row on its runner, ${of((one) => one.offline.cpuMicrosPerRow).toFixed(1)} offline beside the load on echo (${of((one) => one.rested.cpuMicrosPerRow).toFixed(1)} when it rests before each batch as long as the runner does), ${of((one) => one.alone.cpuMicrosPerRow).toFixed(1)} offline on an idle machine`,
      `rows per second that a runner had a batch: ${busyOnTheClock.toFixed(2)} of offline beside the load on echo`,
    ],
    bars: [
      { bar: 'CPU per request less the model ≤ 1.5 × echo', value: without, isMet: without <= 1.5 },
      { bar: 'CPU per request, whole ≤ 2.5 × echo', value: whole, isMet: whole <= 2.5 },
      {
        bar: 'rows per CPU second of the runner ≥ 0.95 × offline',
        value: busy,
        isMet: busy >= 0.95,
      },
    ],
    figures,
  }
}
