// What serving adds to the model for a client alone.
import { median } from '../lib/numbers.mjs'
import { runOffline } from '../lib/offline.mjs'
import { warmUp } from '../lib/warm-up.mjs'
import { withServers } from '../lib/with-servers.mjs'
import { echo } from '../rows/echo.mjs'
import { mlp } from '../rows/mlp.mjs'

const mostMs = 0.25
const restMs = 1

export const latency = {
  name: 'latency',
  async run({ home, rounds, seconds, closedLoop }) {
    const prepared = await mlp.prepare(home)
    return withServers([await echo.prepare(), prepared], async ([floor, server]) => {
      const load = ({ target }) => closedLoop({ ...target, connections: 1, seconds })
      await warmUp([floor, server], { closedLoop, seconds, connections: 64 })
      const figures = []
      for (let round = 0; round < rounds; round++) {
        const [echoed, served] = [await load(floor), await load(server)]
        const offline = await runOffline(prepared.model, 1, seconds)
        // Between two requests the caches and the core itself go to sleep: the model alone pays for that too.
        const rested = await runOffline(prepared.model, 1, seconds, restMs)
        figures.push({
          echoMs: echoed.p50Ms,
          servedMs: served.p50Ms,
          offlineMs: offline.p50Ms,
          restedMs: rested.p50Ms,
        })
      }
      return report(figures)
    })
  },
}

function report(figures) {
  const of = (pick) => median(figures.map(pick))
  const added = of((one) => one.servedMs - one.offlineMs)
  return {
    lines: [
      `p50 ${of((one) => one.servedMs).toFixed(3)} ms served to one connection, ${of((one) => one.offlineMs).toFixed(3)} ms offline, ${of((one) => one.restedMs).toFixed(3)} ms offline when it rests ${restMs} ms before each run; the bare echo takes ${of((one) => one.echoMs).toFixed(3)} ms`,
    ],
    bars: [
      {
        bar: `p50 at 1 connection less offline ≤ ${mostMs} ms`,
        value: added,
        isMet: added <= mostMs,
      },
    ],
    figures,
  }
}
