import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const marker = 'bento-bench '

export async function hasWrk() {
  // `wrk -v` prints its version and exits 1.
  const { code } = await execute('wrk', ['-v']).catch((error) => error)
  return code !== 'ENOENT'
}

/** Closed loop: each connection sends its next request when it has the answer to the last. */
export async function runWrk({ port, path, body, connections, seconds }) {
  const folder = await mkdtemp(join(tmpdir(), 'bento-bench-'))
  try {
    const script = join(folder, 'post.lua')
    await writeFile(script, renderScript(body))
    const url = `http://127.0.0.1:${port}${path}`
    const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s']
    const { stdout } = await execute('wrk', [...load, '-s', script, url])
    return parse(stdout)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function renderScript(body) {
  return `
wrk.method = 'POST'
wrk.headers['content-type'] = 'application/json'
wrk.body = ${JSON.stringify(body)}
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '${marker}{"requests":%d,"micros":%d,"failed":%d,"p50":%f,"p99":%f}\\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`
}

function parse(stdout) {
  const line = stdout.split('\n').find((text) => text.startsWith(marker))
  if (line === undefined) throw new Error(`wrk printed no result:\n${stdout}`)
  const { requests, micros, failed, p50, p99 } = JSON.parse(line.slice(marker.length))
  return {
    requests,
    failed,
    requestsPerSecond: requests / (micros / 1e6),
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
  }
}
