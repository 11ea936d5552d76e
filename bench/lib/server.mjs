import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { post } from './post.mjs'
import { treeOf } from './proc.mjs'

const startLimitMs = 30_000
const endLimitMs = 15_000
const pollMs = 3

/**
 * Starts a server and waits for its first right answer.
 * @returns {{ pid, port, firstAnswerMs, end }}
 */
export async function startServer({ command, args, cwd, env, request }) {
  const port = await freePort()
  const started = performance.now()
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env, BENTO_PORT: String(port), BENTO_HOST: '127.0.0.1' },
    // The access log is on, as in production; where it goes is not what is measured.
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const running = { child, exited: new Promise((resolve) => child.once('exit', resolve)), log: '' }
  child.stderr
    .setEncoding('utf8')
    .on('data', (text) => (running.log = (running.log + text).slice(-4000)))
  try {
    await firstAnswer(running, { ...request, port })
  } catch (error) {
    await endTree(running)
    throw error
  }
  const firstAnswerMs = performance.now() - started
  return { pid: child.pid, port, firstAnswerMs, end: () => endTree(running) }
}

async function firstAnswer(running, request) {
  const limit = performance.now() + startLimitMs
  let last = 'no answer'
  while (performance.now() < limit) {
    if (running.child.exitCode !== null) throw new Error(`the server ended:\n${running.log}`)
    const answer = await post(request).catch((error) => ({ status: 0, body: error.message }))
    if (answer.status === 200) {
      request.check(JSON.parse(answer.body))
      return
    }
    last = `${answer.status} ${answer.body}`
    await delay(pollMs)
  }
  throw new Error(`no answer in ${startLimitMs} ms, at last: ${last}\n${running.log}`)
}

async function endTree({ child, exited }) {
  const tree = treeOf(child.pid)
  child.kill('SIGTERM')
  const isEnded = await Promise.race([
    exited.then(() => true),
    delay(endLimitMs, false, { ref: false }),
  ])
  // A server may leave processes behind that go on working, and keep this one's pipes open.
  for (const pid of tree) killIfThere(pid)
  if (!isEnded) await exited
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** A port that nobody listens on now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
