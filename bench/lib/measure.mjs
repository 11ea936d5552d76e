import { setTimeout as delay } from 'node:timers/promises'
import { median } from './numbers.mjs'
import { runOpenLoop } from './open-loop.mjs'
import { cpuMicros, pssMegabytes, threadMicros, workerPssMegabytes } from './proc.mjs'
import { startServer } from './server.mjs'

const settleMs = 1000
const warmUpSeconds = 1
/** The client is one Node process on the same machine: above this it would measure itself. */
const mostOpenRate = 1000

/** One round of one row on a fresh server: start, idle, closed loop, open loop, memory. */
export async function measureRound(prepared, { seconds, idleSeconds, connections, closedLoop }) {
  const server = await startServer(prepared)
  try {
    const { pid, port, firstAnswerMs } = server
    const target = { port, path: prepared.request.path, body: prepared.request.body }
    await delay(settleMs)
    const idlePercent = await measureIdle(pid, idleSeconds)
    await closedLoop({ ...target, connections, seconds: warmUpSeconds })
    const before = cpuMicros(pid)
    const closed = await closedLoop({ ...target, connections, seconds })
    const cpuMicrosPerRequest = (cpuMicros(pid) - before) / closed.requests
    const rate = Math.min(mostOpenRate, closed.requestsPerSecond / 2)
    const openLoop = await runOpenLoop({ ...target, rate, seconds })
    failIfAny(closed, 'closed')
    failIfAny(openLoop, 'open')
    return {
      ...closed,
      cpuMicrosPerRequest,
      openLoop,
      firstAnswerMs,
      idlePercent,
      pssMegabytes: pssMegabytes(pid),
      workerPssMegabytes: workerPssMegabytes(pid),
    }
  } finally {
    await server.end()
  }
}

async function measureIdle(pid, seconds) {
  const started = performance.now()
  const before = threadMicros(pid)
  await delay(seconds * 1000)
  return ((threadMicros(pid) - before) / ((performance.now() - started) * 1000)) * 100
}

// A refused request is cheap: counted as an answer it would make every figure better.
function failIfAny({ failed, requests }, loop) {
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed in the ${loop} loop`)
}

/** The median of each figure over the rounds. */
export function summarise(name, rounds, echoRounds) {
  const of = (pick) => median(rounds.map(pick))
  return {
    name,
    requestsPerSecond: of((round) => round.requestsPerSecond),
    p50Ms: of((round) => round.p50Ms),
    p99Ms: of((round) => round.p99Ms),
    cpuMicrosPerRequest: of((round) => round.cpuMicrosPerRequest),
    cpuRatioToEcho: ratioToEcho(rounds, echoRounds),
    openLoop: {
      rate: of((round) => round.openLoop.rate),
      p50Ms: of((round) => round.openLoop.p50Ms),
      p99Ms: of((round) => round.openLoop.p99Ms),
      clientLateP99Ms: of((round) => round.openLoop.clientLateP99Ms),
    },
    firstAnswerMs: of((round) => round.firstAnswerMs),
    idlePercent: of((round) => round.idlePercent),
    pssMegabytes: of((round) => round.pssMegabytes),
    workerPssMegabytes: of((round) => round.workerPssMegabytes),
    rounds,
  }
}

// Each round is compared with the echo of the same round: both met the same weather on this machine.
function ratioToEcho(rounds, echoRounds) {
  if (!echoRounds) return undefined
  const pairs = rounds.map((round, i) => [
    round.cpuMicrosPerRequest,
    echoRounds[i].cpuMicrosPerRequest,
  ])
  return median(pairs.map(([own, echo]) => own / echo))
}
