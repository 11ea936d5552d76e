import { defineCommand } from './define-command.ts'
import { deleteEntries } from './delete-entries.ts'
import { outputFlag } from './output-flag.ts'
import { bentosOf } from './stores.ts'

export const deleteCommand = defineCommand({
  summary: 'Delete bentos from the local store',
  positionals: {
    tag: {
      description: 'NAME:VERSION, or NAME for all its versions',
      many: true,
      completes: 'bentos',
    },
  },
  flags: {
    yes: { type: 'boolean', short: 'y', description: 'Do not ask' },
    output: outputFlag,
  },
  examples: ['bento delete iris_classifier:v1', 'bento delete iris_classifier --yes'],
  async run({ args, flags }, session) {
    const store = bentosOf(session)
    await deleteEntries(
      { store, noun: 'bento', targets: args.tag, isConfirmed: flags.yes, form: flags.output },
      session,
    )
  },
})
