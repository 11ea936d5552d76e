import { systemClock } from '../../lib/clock.ts'
import { renderError } from '../../log/render-error.ts'
import type { BentoModule } from '../serving.ts'
import { drainThenKill } from './drain-then-kill.ts'

/** `node dist/service.mjs`: serves the bento that the file is part of, until a signal. */
export async function runSupervisor(path: string, bento: BentoModule): Promise<void> {
  try {
    const serving = await bento.serve({
      path,
      env: process.env,
      flags: {},
      packageRoots: [],
      logFormat: process.stderr.isTTY ? 'text' : 'json',
      say,
    })
    say(`Serving on ${serving.url}`)
    const press = drainThenKill(serving, say, systemClock)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, press)
    process.exitCode = await serving.exited
  } catch (error) {
    const { text, exit } = renderError(error)
    say(text)
    process.exitCode = exit
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
