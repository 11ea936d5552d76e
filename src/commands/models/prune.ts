import type { ModelEntry } from '../../store/model-store.ts'
import { confirm } from '../confirm.ts'
import type { Session } from '../context.ts'
import { defineCommand } from '../define-command.ts'
import { renderCount, renderSize } from '../format.ts'
import { outputFlag } from '../output-flag.ts'
import { bentosOf, listEntries, modelsOf } from '../stores.ts'

export const modelsPruneCommand = defineCommand({
  summary: 'Delete old models that no bento needs',
  description: 'The newest of each name stay, and all that a stored bento was built with.',
  positionals: {
    name: { description: 'Only models of this name', optional: true },
  },
  flags: {
    keep: {
      type: 'integer',
      metavar: 'N',
      min: 0,
      max: 1_000_000,
      description: 'Versions of each name that stay (default: 1)',
    },
    yes: { type: 'boolean', short: 'y', description: 'Do not ask' },
    output: outputFlag,
  },
  examples: ['bento models prune', 'bento models prune iris_classifier --keep 3 --yes'],
  async run({ args, flags }, session) {
    const { out } = session
    const models = modelsOf(session)
    const tags = await findOld(args.name, flags.keep ?? 1, session)
    if (tags.length > 0 && !flags.yes) {
      const question = `Delete ${renderCount(tags.length, 'model')} (${tags.join(', ')})?`
      if (!(await confirm(question, session))) return out.say('Nothing was deleted.')
    }
    let freed = 0
    for (const tag of tags) freed += await models.remove(tag)
    freed += await models.sweep()
    if (flags.output === 'json') return out.json({ deleted: tags, freed_bytes: freed })
    for (const tag of tags) out.result(`Deleted ${tag}`)
    out.result(`Freed ${renderSize(freed)}`)
  },
})

/** Newest first. */
async function findOld(
  name: string | undefined,
  keep: number,
  session: Session,
): Promise<string[]> {
  const bentos = await bentosOf(session).list(undefined, ({ message }) => session.out.warn(message))
  const used = new Set(bentos.flatMap(({ manifest }) => manifest.models.map((model) => model.tag)))
  const kept = new Map<string, number>()
  const isOld = (model: ModelEntry): boolean => {
    const newer = kept.get(model.name) ?? 0
    kept.set(model.name, newer + 1)
    return newer >= keep && !used.has(model.tag)
  }
  const entries = await listEntries(modelsOf(session), name, session)
  return entries.filter(isOld).map((model) => model.tag)
}
