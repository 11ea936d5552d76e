/*
 * Entry point of a child process: serves a target on a free port, tells the parent where, and ends when it is told
 * to, or when the parent is gone.
 */
import process from 'node:process'
import { toWire } from '../errors.ts'
import { openTarget } from './open-target.ts'
import type { ServeOrder } from './serve-order.ts'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because serve.ts starts this file so
const order = JSON.parse(process.argv[2] ?? '{}') as ServeOrder

// Until there is something to end in order.
let end = (): unknown => process.kill(process.pid, 'SIGKILL')
process.once('disconnect', () => end())

const say = (line: string): void => void process.stderr.write(`${line}\n`)

try {
  const { target, cwd, flags } = order
  const { env } = process
  const opened = await openTarget({ target, cwd, env })
  const { path, packageRoots, module } = opened
  const serving = await module.serve({ path, env, flags, packageRoots, logFormat: 'json', say })
  end = () => serving.kill()
  process.once('message', () => serving.drain())
  process.send?.({ url: serving.url })
  process.exitCode = await serving.exited
  await opened.remove()
} catch (error) {
  process.send?.({ error: toWire(error) })
  process.exitCode = 1
}
process.disconnect()
