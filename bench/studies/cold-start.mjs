// A cold start on Lambda: from spawning the process to its first answer, with and without Node's compile cache.
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLambdaApi } from '../lib/lambda-api.mjs'
import { median } from '../lib/numbers.mjs'
import { iris } from '../rows/iris.mjs'

const startsPerRound = 5

export const coldStart = {
  name: 'cold-start',
  async run({ home, rounds }) {
    if (module.flushCompileCache === undefined) {
      return {
        lines: ['Node 20 has no compile cache: run it on a newer one'],
        bars: [],
        figures: [],
      }
    }
    const bento = await iris.prepare(home)
    const cache = await mkdtemp(join(tmpdir(), 'bento-bench-compiled-'))
    try {
      // Writes the cache; what is measured reads it.
      await measure(bento, { NODE_COMPILE_CACHE: cache, NODE_OPTIONS: flushing })
      if ((await readdir(cache)).length === 0) throw new Error('Node has compiled nothing ahead')
      const figures = []
      for (let round = 0; round < rounds * startsPerRound; round++) {
        const plain = await measure(bento, {})
        const cached = await measure(bento, { NODE_COMPILE_CACHE: cache })
        figures.push({ plain, cached })
      }
      return report(figures)
    } finally {
      await rm(cache, { recursive: true, force: true })
    }
  },
}

// A signal ends the function before Node would write by itself.
const flush = "import m from 'node:module'; setInterval(() => m.flushCompileCache(), 20).unref()"
const flushing = `--import=data:text/javascript,${encodeURIComponent(flush)}`

async function measure({ cwd, args, env, request }, more) {
  const api = await startLambdaApi(eventOf(request))
  const began = performance.now()
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env, ...more, AWS_LAMBDA_RUNTIME_API: api.host },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const ended = new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the function ended with ${code}`)))
  })
  try {
    await Promise.race([api.asked, ended])
    const importMs = performance.now() - began
    const { statusCode, body } = await Promise.race([api.answered, ended])
    const firstAnswerMs = performance.now() - began
    if (statusCode !== 200) throw new Error(`it answered ${statusCode}: ${body}`)
    request.check(JSON.parse(body))
    return { importMs, firstAnswerMs }
  } finally {
    ended.catch(() => undefined)
    child.kill('SIGTERM')
    await new Promise((resolve) =>
      child.exitCode === null ? child.once('close', resolve) : resolve(),
    )
    api.close()
  }
}

function eventOf({ path, body }) {
  const http = { method: 'POST', path, sourceIp: '127.0.0.1' }
  const headers = { 'content-type': 'application/json' }
  const requestContext = { stage: '$default', http }
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext,
    body,
    isBase64Encoded: false,
  }
}

function report(figures) {
  const of = (kind, key) => median(figures.map((one) => one[kind][key])).toFixed(0)
  const line = (kind, what) =>
    `${what}: asks for an event after ${of(kind, 'importMs')} ms, first answer after ${of(kind, 'firstAnswerMs')} ms`
  const ratio = median(
    figures.map(({ plain, cached }) => cached.firstAnswerMs / plain.firstAnswerMs),
  )
  return {
    lines: [
      line('plain', 'plain'),
      line('cached', 'with a compile cache'),
      `cached / plain: ${ratio.toFixed(2)}`,
    ],
    bars: [],
    figures,
  }
}
