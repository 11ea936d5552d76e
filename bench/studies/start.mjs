// From nothing to the first answer, beside the least that has the same processes.
import { median } from '../lib/numbers.mjs'
import { startServer } from '../lib/server.mjs'
import { iris } from '../rows/iris.mjs'
import { prepareSkeleton } from '../rows/skeleton.mjs'

const most = 1.3
const startsPerRound = 5

export const start = {
  name: 'start',
  async run({ home, rounds }) {
    const bento = { command: process.execPath, ...(await iris.prepare(home)) }
    const skeleton = prepareSkeleton(bento)
    const figures = []
    for (let round = 0; round < rounds * startsPerRound; round++) {
      figures.push({ bentoMs: await timeOf(bento), skeletonMs: await timeOf(skeleton) })
    }
    return report(figures)
  },
}

async function timeOf(prepared) {
  const server = await startServer(prepared)
  await server.end()
  return server.firstAnswerMs
}

function report(figures) {
  const bentoMs = median(figures.map((one) => one.bentoMs))
  const skeletonMs = median(figures.map((one) => one.skeletonMs))
  const ratio = bentoMs / skeletonMs
  return {
    lines: [`iris ${bentoMs.toFixed(0)} ms, the skeleton ${skeletonMs.toFixed(0)} ms`],
    bars: [
      {
        bar: `first answer of iris ≤ ${most} × the skeleton's`,
        value: ratio,
        isMet: ratio <= most,
      },
    ],
    figures,
  }
}
