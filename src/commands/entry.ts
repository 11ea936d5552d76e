import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { isSystemError } from '../errors.ts'
import { endSoon } from '../lib/end-soon.ts'
import { main } from './main.ts'

/** The `bento` program. With bin/bento.js, the one part of the commands that knows the process. */
export async function run(): Promise<number> {
  const stdout = watch(process.stdout)
  // Who does not read what is said aside ends nothing.
  watch(process.stderr)
  const code = await main(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal,
  })
  if (isStopped) endSoon(process)
  // What a stream could not write it says a little later.
  await setImmediate()
  return stdout.failure === undefined ? code : fail(stdout.failure)
}

interface Watched {
  /** Why what was written is not where it should be. */
  failure: unknown
}

function watch(stream: Writable): Watched {
  const watched: Watched = { failure: undefined }
  stream.on('error', (error) => {
    // `bento list | head -1` closes the pipe early: not worth a word.
    if (!isSystemError(error, 'EPIPE')) watched.failure ??= error
  })
  return watched
}

async function fail(error: unknown): Promise<number> {
  const { renderError } = await import('../log/render-error.ts')
  const { text, exit } = renderError(error)
  process.stderr.write(`${text}\n`)
  return exit
}

let isStopped = false

function onSignal(handler: () => void): () => void {
  // Not SIGHUP: a handler would undo what nohup asks for.
  const signals = ['SIGINT', 'SIGTERM'] as const
  const stop = (): void => {
    isStopped = true
    handler()
  }
  for (const signal of signals) process.on(signal, stop)
  return () => {
    for (const signal of signals) process.off(signal, stop)
  }
}
