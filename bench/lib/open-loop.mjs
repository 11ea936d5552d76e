import { Agent } from 'node:http'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { percentile } from './numbers.mjs'
import { post } from './post.mjs'
import { createRandom } from './random.mjs'

const seed = 20_250_102
const openSockets = 512
const finestMs = 2

/**
 * Open loop: requests leave at the times of a Poisson process, whether or not the ones before are answered, and
 * latency counts from the time a request was meant to leave. A server that stalls pays for all who waited.
 * With `sloMs` a refusal is no failure, and what was answered within it is counted.
 */
export async function runOpenLoop({ port, path, body, rate, seconds, sloMs }) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: openSockets })
  const send = () => post({ port, path, body, agent }).catch(() => ({ status: 0 }))
  // Connections are made before: a service is called by those who have theirs.
  await Promise.all(Array.from({ length: sloMs ? openSockets : 0 }, send))
  const times = arrivalTimes(rate, seconds)
  const answers = []
  const lateness = []
  const started = performance.now()
  for (const time of times) {
    await until(started + time, sloMs === undefined ? finestMs : 0)
    const sentAt = performance.now() - started
    lateness.push(sentAt - time)
    answers.push(
      send().then(({ status }) => {
        const ms = performance.now() - started
        return { status, ms: ms - time, sinceSentMs: ms - sentAt }
      }),
    )
  }
  const results = await Promise.all(answers)
  agent.destroy()
  const latencies = results.map((result) => result.ms)
  return {
    rate,
    requests: results.length,
    failed: results.filter((result) => result.status !== 200).length,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    answerP99Ms: percentile(
      results.map((result) => result.sinceSentMs),
      99,
    ),
    // How late the client itself was: the part of the latency that is not the server's.
    clientLateP99Ms: percentile(lateness, 99),
    ...(sloMs && overloaded(results, { seconds, sloMs })),
  }
}

/**
 * A timer is up to 1 ms late, so the last `turningMs` of the wait are spent in turns of the loop; answers are read
 * meanwhile. That takes a whole core, which an overloaded server needs more than its client a precise clock.
 */
async function until(time, turningMs) {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    await (left > turningMs ? delay(1) : turn())
  }
}

function overloaded(results, { seconds, sloMs }) {
  const inTime = results.filter(({ status, ms }) => status === 200 && ms <= sloMs)
  // 503 is refused on arrival. 504 was taken and came to nothing: that is told at the deadline, no sooner.
  const refused = results.filter(({ status }) => status === 503).map((one) => one.sinceSentMs)
  const expired = results.filter(({ status }) => status === 504)
  return {
    inTimePerSecond: inTime.length / seconds,
    refusedP50Ms: refused.length === 0 ? 0 : percentile(refused, 50),
    refusedP99Ms: refused.length === 0 ? 0 : percentile(refused, 99),
    expiredShare: expired.length / results.length,
  }
}

/** Milliseconds from the start; the gaps are exponential. */
function arrivalTimes(rate, seconds) {
  const random = createRandom(seed)
  const times = []
  for (let time = 0; time < seconds * 1000; time += (-Math.log(1 - random()) / rate) * 1000) {
    times.push(time)
  }
  return times
}
