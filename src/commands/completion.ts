import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError } from '../errors.ts'
import { complete } from './complete/complete.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { root } from './tree.ts'
import { packageFolder } from './version.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export const completionCommand = defineCommand({
  summary: 'Print what makes a shell complete commands, flags and live tags',
  description: 'Put the line of your shell into its start-up file.',
  positionals: {
    shell: { description: `One of ${shells.join(', ')}`, choices: shells },
    words: {
      description: 'Words after `bento` so far: prints what may be the last of them',
      optional: true,
      many: true,
      completes: 'nothing',
      // The word that is completed may not have begun.
      mayBeEmpty: true,
    },
  },
  examples: [
    'eval "$(bento completion bash)"     # ~/.bashrc',
    'eval "$(bento completion zsh)"      # ~/.zshrc, after compinit',
    'bento completion fish | source      # ~/.config/fish/config.fish',
  ],
  async run({ args: { shell, words } }, session) {
    if (!shells.some((known) => known === shell)) throw unknownShell(shell)
    if (words.length > 0) return printCompletion(words, session)
    const script = await readFile(join(packageFolder, 'templates/completion', `bento.${shell}`))
    session.out.result(script.toString().trimEnd())
  },
})

function unknownShell(shell: string): BentoError {
  return new BentoError('USAGE', `"${shell}" is no shell that bento completes for`, {
    hint: `Use one of: ${shells.join(', ')}.`,
  })
}

/** A line for each value, with a tab before what it means; `:files` where a file may stand. */
async function printCompletion(words: readonly string[], session: Session): Promise<void> {
  const { candidates, hasFiles } = await complete(root, words, session)
  const lines = candidates.map(({ value, description }) => `${value}\t${description}`)
  if (hasFiles) lines.push(':files')
  if (lines.length > 0) session.out.result(lines.join('\n'))
}
