// What is answered in time when more is asked for than can be: an open loop above the capacity.
import { median } from '../lib/numbers.mjs'
import { runOpenLoop } from '../lib/open-loop.mjs'
import { warmUp } from '../lib/warm-up.mjs'
import { withOptions, withServers } from '../lib/with-servers.mjs'
import { prepareNetwork } from '../rows/mlp.mjs'

// A slow network: what is to be overloaded is the model, not the client on the same two cores.
const sloMs = 250
const factors = [1.5, 2, 4]

export const goodput = {
  name: 'goodput',
  async run({ home, rounds, seconds, closedLoop }) {
    const prepared = await prepareNetwork('heavy', home)
    const limited = withOptions(prepared, { traffic: { timeout: sloMs / 1000 } })
    return withServers([limited], async ([server]) => {
      const { target } = server
      // Two whole batches: enough for the capacity, and all are answered in time.
      const connections = 16
      const capacityOf = () => closedLoop({ ...target, connections, seconds })
      await warmUp([server], { closedLoop, seconds, connections })
      const figures = []
      for (let round = 0; round < rounds; round++) {
        const capacity = (await capacityOf()).requestsPerSecond
        for (const factor of factors) {
          const loop = await runOpenLoop({ ...target, rate: factor * capacity, seconds, sloMs })
          figures.push({ factor, capacity, goodput: loop.inTimePerSecond / capacity, ...loop })
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
      goodput: of((one) => one.goodput),
      refusedP99Ms: of((one) => one.refusedP99Ms),
      clientLateP99Ms: of((one) => one.clientLateP99Ms),
    }
  })
  return {
    lines: results.map(
      (one) =>
        `${one.factor} × capacity (${one.capacity.toFixed(0)} requests/s): ${(100 * one.goodput).toFixed(0)} % answered within ${sloMs} ms; refused in ${one.refusedP99Ms.toFixed(1)} ms (p99); client late ${one.clientLateP99Ms.toFixed(1)} ms (p99)`,
    ),
    bars: results.flatMap(({ factor, goodput: share, refusedP99Ms }) => [
      {
        bar: `goodput at ${factor} × capacity ≥ 0.95`,
        value: share,
        isMet: share >= 0.95,
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
