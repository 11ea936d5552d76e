import { BentoError } from '../../errors.ts'
import type { BentoStore } from '../../store/bento-store.ts'
import { defineCommand } from '../define-command.ts'
import { deleteEntries } from '../delete-entries.ts'
import { outputFlag } from '../output-flag.ts'
import { bentosOf, modelsOf } from '../stores.ts'

export const modelsDeleteCommand = defineCommand({
  summary: 'Delete models from the local store',
  description: 'A model that a stored bento was built with stays, unless --force is given.',
  positionals: {
    tag: {
      description: 'NAME:VERSION, or NAME for all its versions',
      many: true,
      completes: 'models',
    },
  },
  flags: {
    yes: { type: 'boolean', short: 'y', description: 'Do not ask' },
    force: { type: 'boolean', description: 'Delete models that stored bentos were built with too' },
    output: outputFlag,
  },
  examples: ['bento models delete iris_classifier:v1', 'bento models delete iris_classifier --yes'],
  async run({ args, flags }, session) {
    const bentos = bentosOf(session)
    await deleteEntries(
      {
        store: modelsOf(session),
        noun: 'model',
        targets: args.tag,
        isConfirmed: flags.yes,
        form: flags.output,
        ...(flags.force ? {} : { check: (tags) => refuseUsed(tags, bentos) }),
      },
      session,
    )
  },
})

async function refuseUsed(tags: readonly string[], bentos: BentoStore): Promise<void> {
  const stored = await bentos.list()
  for (const tag of tags) {
    const users = stored.filter(({ manifest }) =>
      manifest.models.some((model) => model.tag === tag),
    )
    if (users.length === 0) continue
    const names = users.map((bento) => `"${bento.tag}"`).join(', ')
    throw new BentoError('MODEL_IN_USE', `The model "${tag}" belongs to ${names}`, {
      hint: 'Delete those bentos first, or add --force.',
    })
  }
}
