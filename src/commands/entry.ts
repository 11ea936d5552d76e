import { isSystemError } from '../errors.ts'
import { main } from './main.ts'

/** The `bento` program. With bin/bento.js, the one part of the commands that knows the process. */
export function run(): Promise<number> {
  // `bento list | head -1` closes the pipe early: not worth a word.
  process.stdout.on('error', (error) => {
    if (!isSystemError(error, 'EPIPE')) throw error
  })
  return main(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal,
  })
}

function onSignal(handler: () => void): () => void {
  // Not SIGHUP: a handler would undo what nohup asks for.
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
