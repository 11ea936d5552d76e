// What is answered in time when more is asked for than can be: an open loop above the capacity.
import { batchesBetween, readMetrics } from '../lib/metrics.mjs'
import { median } from '../lib/numbers.mjs'
import { runOffline } from '../lib/offline.mjs'
import { runOpenLoop } from '../lib/open-loop.mjs'
import { warmUp } from '../lib/warm-up.mjs'
import { withOptions, withServers } from '../lib/with-servers.mjs'
import { echo } from '../rows/echo.mjs'
import { prepareNetwork } from '../rows/mlp.mjs'

// A slow network: what is to be overloaded is the model, not the client on the same two cores.
const sloMs = 500
const factors = [1.5, 2, 4]
const batchRows = 8

export const goodput = {
  name: 'goodput',
  async run({ home, rounds, seconds, closedLoop }) {
    const prepared = await prepareNetwork('heavy', home)
    const limited = withOptions(prepared, { traffic: { timeout: sloMs / 1000 } })
    return withServers([limited, await echo.prepare()], async ([server, floor]) => {
      const { target } = server
      // Two whole batches: enough for the capacity, and all are answered in time.
      const connections = 16
      const capacityOf = () => closedLoop({ ...target, connections, seconds })
      await warmUp([server], { closedLoop, seconds, connections })
      const figures = []
      for (let round = 0; round < rounds; round++) {
        const capacity = (await capacityOf()).requestsPerSecond
        for (const factor of factors) {
          const before = await readMetrics(target.port)
          const load = { rate: factor * capacity, seconds, sloMs }
          const loop = await runOpenLoop({ ...target, ...load })
          const { rowsPerBusySecond } = batchesBetween(before, await readMetrics(target.port))
          // What the machine allows: the same load on a server that does nothing, with the model running beside it.
          const [echoed] = await Promise.all([
            runOpenLoop({ ...floor.target, ...load }),
            runOffline(prepared.model, batchRows, seconds),
          ])
          // The client of the open loop takes so much of the machine that the model itself runs slower meanwhile.
          const floorP99Ms = echoed.answerP99Ms
          figures.push({ factor, capacity, possible: rowsPerBusySecond, floorP99Ms, ...loop })
        }
      }
      return report(figures)
    })
  },
}

function report(figures) {
  const results = factors.map((factor) => {
    const some = figures.filter((one) => one.factor === factor)
    const of = (pick) => median(some.map(pick))
    return {
      factor,
      capacity: of((one) => one.capacity),
      ofCapacity: of((one) => one.inTimePerSecond / one.capacity),
      ofPossible: of((one) => one.inTimePerSecond / one.possible),
      refusedP50Ms: of((one) => one.refusedP50Ms),
      refusedP99Ms: of((one) => one.refusedP99Ms),
      floorP99Ms: of((one) => one.floorP99Ms),
      expiredShare: of((one) => one.expiredShare),
      clientLateP99Ms: of((one) => one.clientLateP99Ms),
    }
  })
  return {
    lines: results.map(
      (one) =>
        `${one.factor} × capacity (${one.capacity.toFixed(0)} requests/s): answered within ${sloMs} ms ${(100 * one.ofCapacity).toFixed(0)} % of it, ${(100 * one.ofPossible).toFixed(0)} % of what a runner that is never idle did meanwhile; refused in ${one.refusedP50Ms.toFixed(1)} ms (p50), ${one.refusedP99Ms.toFixed(1)} ms (p99; an echo beside the model alone answers in ${one.floorP99Ms.toFixed(1)}); taken and expired ${(100 * one.expiredShare).toFixed(1)} %; client late ${one.clientLateP99Ms.toFixed(1)} ms (p99)`,
    ),
    bars: results.flatMap(({ factor, ofPossible, refusedP99Ms }) => [
      {
        bar: `goodput at ${factor} × capacity ≥ 0.95 of the possible`,
        value: ofPossible,
        isMet: ofPossible >= 0.95,
      },
      {
        bar: `refusals at ${factor} × capacity < 5 ms (p99)`,
        value: refusedP99Ms,
        isMet: refusedP99Ms < 5,
      },
    ]),
    figures,
  }
}
