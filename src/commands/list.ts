import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BentoEntry } from '../store/bento-store.ts'
import { sizeOf } from '../store/versions.ts'
import { defineCommand } from './define-command.ts'
import { renderSize, renderTime } from './format.ts'
import { bentosOf, listEntries } from './stores.ts'

export const listCommand = defineCommand({
  summary: 'List the bentos in the local store, newest first',
  positionals: {
    name: {
      description: 'Only bentos of this name, or one tag',
      optional: true,
      completes: 'bentos',
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
  examples: ['bento list', 'bento list iris_classifier -o json'],
  async run({ args, flags }, session) {
    const { out } = session
    const rows = await Promise.all(
      (await listEntries(bentosOf(session), args.name, session)).map(describeEntry),
    )
    if (flags.output === 'json') return out.json(rows)
    if (flags.output === 'yaml') return out.yaml(rows)
    await out.table(
      [
        { title: 'Tag', shrinks: true },
        { title: 'Size' },
        { title: 'Model Size' },
        { title: 'Creation Time' },
      ],
      rows.map((row) => [
        row.tag,
        renderSize(row.size),
        renderSize(row.model_size),
        renderTime(new Date(row.creation_time)),
      ]),
    )
    if (rows.length === 0) out.say('No bentos yet. Make one with `bento build`.')
  },
})

interface BentoRow {
  readonly tag: string
  /** Bytes of everything, models included. */
  readonly size: number
  readonly model_size: number
  readonly creation_time: string
}

/** What scripts get of a bento. */
export async function describeEntry(entry: BentoEntry): Promise<BentoRow> {
  const models = join(entry.path, 'models')
  const isThere = await stat(models).catch(() => undefined)
  return {
    tag: entry.tag,
    size: entry.size,
    model_size: isThere ? await sizeOf(models) : 0,
    creation_time: entry.createdAt.toISOString(),
  }
}
