// What a second worker brings to a service that is all HTTP: by CPU per request, since the client needs a core too.
import { median } from '../lib/numbers.mjs'
import { cpuMicros } from '../lib/proc.mjs'
import { warmUp } from '../lib/warm-up.mjs'
import { withOptions, withServers } from '../lib/with-servers.mjs'
import { preparePlain } from '../rows/plain.mjs'

const least = 1.7
const connections = 64

export const workers = {
  name: 'workers',
  async run({ home, rounds, seconds, closedLoop }) {
    const one = await preparePlain(home)
    return withServers([one, withOptions(one, { workers: 2 })], async (servers) => {
      const load = ({ target }) => closedLoop({ ...target, connections, seconds })
      await warmUp(servers, { closedLoop, seconds, connections })
      const figures = []
      for (let round = 0; round < rounds; round++) {
        const micros = []
        for (const server of servers) {
          const before = cpuMicros(server.pid)
          const { requests } = await load(server)
          micros.push((cpuMicros(server.pid) - before) / requests)
        }
        figures.push({ oneMicros: micros[0], twoMicros: micros[1] })
      }
      return report(figures)
    })
  },
}

function report(figures) {
  const of = (pick) => median(figures.map(pick))
  // The capacity of n workers is n cores over the CPU that a request costs.
  const gain = of((one) => (2 * one.oneMicros) / one.twoMicros)
  return {
    lines: [
      `${of((one) => one.oneMicros).toFixed(1)} µs of CPU per request with one worker, ${of((one) => one.twoMicros).toFixed(1)} µs with two`,
    ],
    bars: [
      {
        bar: `two workers ≥ ${least} × one, by CPU per request`,
        value: gain,
        isMet: gain >= least,
      },
    ],
    figures,
  }
}
