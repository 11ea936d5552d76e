import { createInterface } from 'node:readline'
import { BentoError } from '../errors.ts'
import type { Session } from './context.ts'

/** Asks a person; nothing but a yes is a yes. Throws USAGE where nobody can answer. */
export async function confirm(question: string, { stdin, out }: Session): Promise<boolean> {
  if (stdin.isTTY !== true) {
    throw new BentoError('USAGE', 'There is no terminal to confirm this on', {
      hint: 'Add --yes to go on without a question.',
    })
  }
  out.ask(`${question} [y/N] `)
  // Not as a terminal: Ctrl-C must stay a signal.
  const lines = createInterface({ input: stdin, terminal: false })
  try {
    for await (const line of lines) return /^y(?:es)?$/i.test(line.trim())
    return false
  } finally {
    lines.close()
  }
}
