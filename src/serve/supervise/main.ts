import { isBentoError, messageOf } from '../../errors.ts'
import type { BentoModule, Serving } from '../serving.ts'

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
    obeySignals(serving)
    process.exitCode = await serving.exited
  } catch (error) {
    sayError(error)
    process.exitCode = isBentoError(error) ? error.exit : 70
  }
}

/** The first signal drains, the second ends. */
function obeySignals(serving: Serving): void {
  let isDraining = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isDraining) serving.kill()
      else serving.drain()
      isDraining = true
    })
  }
}

function sayError(error: unknown): void {
  if (!isBentoError(error)) {
    say(error instanceof Object && 'stack' in error ? String(error.stack) : messageOf(error))
    return
  }
  say(`${error.code}: ${error.message}`)
  for (const { loc, msg } of error.detail ?? []) say(`✖ ${msg} → at ${loc.join('.')}`)
  if (error.hint !== undefined) say(`  ${error.hint}`)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
