import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe } from '@jest/globals'
import { isSystemError, messageOf } from '../src/errors.ts'

/** Those of some programs that this machine has not, or whose engine does not answer, each with what the machine says. */
export async function missing(...programs: readonly string[]): Promise<string[]> {
  const lacks = await Promise.all(programs.map(whyMissing))
  return lacks.filter((reason) => reason !== undefined)
}

async function whyMissing(name: string): Promise<string | undefined> {
  // docker answers only when an engine does; of the others it is enough that they can be run.
  const args = name === 'docker' ? ['info'] : ['--version']
  try {
    await promisify(execFile)(name, args)
    return undefined
  } catch (error) {
    const isThere = name !== 'docker' && !isSystemError(error, 'ENOENT')
    return isThere ? undefined : `${name} (${lastLine(error)})`
  }
}

function lastLine(error: unknown): string {
  return messageOf(error).trim().split('\n').at(-1) ?? ''
}

const { skip } = describe
const register: (title: string, define: () => void) => void = describe

/**
 * Tests that need what not every machine has: where something is lacking they are counted as skipped, below a title
 * that says what.
 */
export function describeWith(title: string, lacking: readonly string[], define: () => void): void {
  if (lacking.length === 0) {
    register(title, define)
    return
  }
  const reason = `${title}: skipped, without ${lacking.join(' and ')}`
  process.stderr.write(`${reason}\n`)
  skip(reason, define)
}
