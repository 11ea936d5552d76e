import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import type { Flag } from './define-command.ts'

/** Every command has these, unless a flag of its own has the same name. */
export const globalFlags: Readonly<Record<string, Flag>> = {
  quiet: { type: 'boolean', short: 'q', description: 'Print only results and errors' },
  verbose: { type: 'boolean', description: 'Print more, and the stack of an error' },
  help: { type: 'boolean', short: 'h', description: 'Print this help' },
  version: { type: 'boolean', short: 'v', description: 'Print the version of bento' },
}

/** Also for flags of a noun, and of `bento` itself when `name` is empty. */
export function unknownFlag(flag: string, name: string, known: readonly string[]): BentoError {
  const place = name === '' ? 'bento' : `bento ${name}`
  const meant = flag.startsWith('--') ? closest(flag, known) : undefined
  return new BentoError('USAGE', `\`${place}\` has no flag "${flag}"`, {
    hint:
      meant === undefined ? `Run \`${place} --help\` to see its flags.` : `Did you mean ${meant}?`,
  })
}
