// What the hold gains over sending whatever waits: two servers, one with the hold and one without, turn about.
import { median } from '../lib/numbers.mjs'
import { withOptions, withServers } from '../lib/with-servers.mjs'
import { prepareNetwork } from '../rows/mlp.mjs'

const bounds = [
  { connections: 1, least: 0.97 },
  { connections: 4, least: 1.3 },
  { connections: 8, least: 1.3 },
  { connections: 16, least: 1.15 },
  { connections: 64, least: 0.97 },
]
const burstSeconds = 2

export const herd = {
  name: 'herd',
  async run({ home, pairs, closedLoop }) {
    const prepared = await prepareNetwork('wide', home)
    const greedy = withOptions(prepared, { batching: { hold: false } })
    return withServers([prepared, greedy], async (servers) => {
      const results = []
      for (const bound of bounds) {
        results.push({ ...bound, ...(await compare(servers, { ...bound, pairs, closedLoop })) })
      }
      return report(results)
    })
  },
}

async function compare(servers, { connections, pairs, closedLoop }) {
  const burst = (server) => closedLoop({ ...server.target, connections, seconds: burstSeconds })
  for (const server of servers) await burst(server)
  const rates = []
  for (let pair = 0; pair < pairs; pair++) {
    const both = []
    for (const server of servers) both.push((await burst(server)).requestsPerSecond)
    rates.push(both)
  }
  return {
    herdRate: median(rates.map(([own]) => own)),
    greedyRate: median(rates.map(([, other]) => other)),
    ratio: median(rates.map(([own, other]) => own / other)),
  }
}

function report(results) {
  return {
    lines: results.map(
      ({ connections, herdRate, greedyRate, ratio }) =>
        `${String(connections).padStart(3)} connections: ${herdRate.toFixed(0)} requests/s with the hold, ${greedyRate.toFixed(0)} without, ${ratio.toFixed(2)} ×`,
    ),
    bars: results.map(({ connections, least, ratio }) => ({
      bar: `HERD at ${connections} connections ≥ ${least} × greedy`,
      value: ratio,
      isMet: ratio >= least,
    })),
    figures: results,
  }
}
