import type { ModelEntry } from '../../store/model-store.ts'
import { defineCommand } from '../define-command.ts'
import { renderAge, renderSize, renderTime } from '../format.ts'
import { listEntries, modelsOf } from '../stores.ts'

export const modelsListCommand = defineCommand({
  summary: 'List the models in the local store, newest first',
  positionals: {
    name: {
      description: 'Only models of this name, or one tag',
      optional: true,
      completes: 'models',
    },
  },
  flags: {
    output: {
      type: 'choice',
      short: 'o',
      choices: ['table', 'json', 'yaml'],
      default: 'table',
      description: 'Form of the list',
    },
  },
  examples: ['bento models list', 'bento models list iris_classifier -o json'],
  async run({ args, flags }, session) {
    const { out } = session
    const rows = (await listEntries(modelsOf(session), args.name, session)).map(describeModel)
    if (flags.output === 'json') return out.json(rows)
    if (flags.output === 'yaml') return out.yaml(rows)
    await out.table(
      [
        { title: 'Tag', shrinks: true },
        { title: 'Framework' },
        { title: 'Size' },
        { title: 'Age' },
        { title: 'Creation Time' },
      ],
      rows.map((row) => [
        row.tag,
        row.framework,
        renderSize(row.size),
        renderAge(new Date(row.creation_time)),
        renderTime(new Date(row.creation_time)),
      ]),
    )
    if (rows.length === 0) out.say('No models yet. Add one with `bento models import FILE`.')
  },
})

interface ModelRow {
  readonly tag: string
  readonly framework: string
  readonly size: number
  readonly creation_time: string
}

/** What scripts get of a model. */
export function describeModel({ tag, manifest, size, createdAt }: ModelEntry): ModelRow {
  return { tag, framework: manifest.framework, size, creation_time: createdAt.toISOString() }
}
