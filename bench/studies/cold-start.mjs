// A cold start on Lambda: from spawning the process to its first answer, and again in the same environment, where Node's
// compile cache of the first start is.
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
    // The folder that a function can write to, and that Lambda leaves when it starts the process again.
    const environment = await mkdtemp(join(tmpdir(), 'bento-bench-environment-'))
    try {
      await measure(bento, { TMPDIR: environment })
      const kept = await readdir(join(environment, 'bento-compiled'))
      if (kept.length === 0) throw new Error('the function has kept nothing of what it compiled')
      const figures = []
      for (let round = 0; round < rounds * startsPerRound; round++) {
        const plain = await measure(bento, { NODE_DISABLE_COMPILE_CACHE: '1' })
        const again = await measure(bento, { TMPDIR: environment })
        figures.push({ plain, again })
      }
      return report(figures)
    } finally {
      await rm(environment, { recursive: true, force: true })
    }
  },
}

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
    // Then it has written down what it compiled.
    await Promise.race([api.askedAgain, ended])
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
  const ratio = median(figures.map(({ plain, again }) => again.firstAnswerMs / plain.firstAnswerMs))
  return {
    lines: [
      line('plain', 'plain'),
      line('again', 'again in the same environment'),
      `again / plain: ${ratio.toFixed(2)}`,
    ],
    bars: [],
    figures,
  }
}
