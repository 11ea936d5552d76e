import { Agent } from 'node:http'
import { percentile } from './numbers.mjs'
import { post } from './post.mjs'

/** What wrk does, in Node, for machines without it. It needs far more CPU, so it cannot find a fast server's limit. */
export async function runClosedLoop({ port, path, body, connections, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies = []
  let failed = 0
  const started = performance.now()
  const end = started + seconds * 1000
  const connection = async () => {
    while (performance.now() < end) {
      const sent = performance.now()
      const { status } = await post({ port, path, body, agent }).catch(() => ({ status: 0 }))
      if (status !== 200) failed++
      latencies.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  agent.destroy()
  return {
    requests: latencies.length,
    failed,
    requestsPerSecond: latencies.length / ((performance.now() - started) / 1000),
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
  }
}
