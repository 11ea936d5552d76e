import { systemClock } from '../../lib/clock.ts'
import { renderError } from '../../log/render-error.ts'
import type { Serving } from '../serving.ts'
import { drainThenKill } from './drain-then-kill.ts'
import type { Fork } from './fork.ts'
import { Supervisor } from './supervisor.ts'

/** `node dist/service.mjs`: serves the bento that the file is part of, until a signal. */
export async function runSupervisor(path: string, spare: Fork): Promise<void> {
  try {
    const input = {
      path,
      env: process.env,
      flags: {},
      packageRoots: [],
      logFormat: process.stderr.isTTY ? 'text' : 'json',
      say,
      onBound: listenForSignals,
    } as const
    const serving = await Supervisor.start(input, spare)
    if (!serving.isDraining) say(`Serving on ${serving.url}`)
    process.exitCode = await serving.exited
  } catch (error) {
    const { text, exit } = renderError(error)
    say(text)
    process.exitCode = exit
  }
}

function listenForSignals(serving: Serving): void {
  const press = drainThenKill(serving, say, systemClock)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, press)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
