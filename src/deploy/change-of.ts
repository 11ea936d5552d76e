import { renderDiff } from './diff.ts'
import { pickLike } from './pick-like.ts'
import type { Change } from './target.ts'

/** What would change of one object, as far as `wanted` speaks of it. */
export async function changeOf(object: string, live: unknown, wanted: object): Promise<Change> {
  const { stringify } = await import('yaml')
  const options = { sortMapEntries: true }
  const before = live === undefined ? '' : stringify(pickLike(live, wanted), options)
  const diff = renderDiff(before, stringify(wanted, options))
  const changed = diff === '' ? 'none' : 'update'
  const action = live === undefined ? 'create' : changed
  return { object, action, diff, conflicts: [] }
}
