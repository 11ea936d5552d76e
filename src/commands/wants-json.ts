import type { Command } from './define-command.ts'

/**
 * Whether `-o json` was typed, so that an error is data too. Read off the words, since what is wrong may be the words: an
 * unknown command, or a flag that there is none of.
 */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  const forms = words.flatMap((word, at) => {
    const [, joined] = /^(?:--output=|-[a-z]*?o(?=.))(.*)$/.exec(word) ?? []
    if (joined !== undefined) return [joined]
    return /^(?:--output|-[a-z]*o)$/.test(word) ? [words[at + 1] ?? ''] : []
  })
  return forms.at(-1) === 'json'
}

/** Whether `-o` says in which form to print; of `bento client` it is a file. */
export function printsForms({ flags }: Command): boolean {
  return flags?.['output'] === undefined || flags['output'].type === 'choice'
}
