import { systemClock } from '../../lib/clock.ts'
import { endSoon } from '../../lib/end-soon.ts'
import { renderError } from '../../log/render-error.ts'
import type { Serving } from '../serving.ts'
import { drainThenKill } from './drain-then-kill.ts'
import type { Fork } from './fork.ts'
import { Supervisor } from './supervisor.ts'

/** `node dist/service.mjs`: serves the bento that the file is part of, until a signal. */
export async function runSupervisor(path: string, spare: Fork): Promise<void> {
  const onBound = listenForSignals()
  try {
    const input = {
      path,
      env: process.env,
      flags: {},
      packageRoots: [],
      logFormat: process.stderr.isTTY ? 'text' : 'json',
      say,
      onBound,
    } as const
    const serving = await Supervisor.start(input, spare)
    if (!serving.isDraining) say(`Serving on ${serving.url}`)
    process.exitCode = await serving.exited
    endSoon(process)
  } catch (error) {
    const { text, exit } = renderError(error)
    say(text)
    process.exitCode = exit
  }
}

/**
 * From before the port is bound: a signal that came between the two would end the process by default, and reset
 * whoever had connected already.
 */
function listenForSignals(): (serving: Serving) => void {
  let isEarly = false
  let press = (): void => {
    isEarly = true
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => press())
  return (serving) => {
    press = drainThenKill(serving, say, systemClock)
    if (isEarly) press()
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
