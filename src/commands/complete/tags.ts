import type { Store, StoreEntry } from '../../store/store.ts'
import type { Session } from '../context.ts'
import { bentosOf, modelsOf } from '../stores.ts'
import type { Candidate } from './complete.ts'

/** Tags of the store as it is now: `name:latest` and each version, newest first. */
export async function completeTags(
  kind: 'bentos' | 'models',
  session: Session,
): Promise<Candidate[]> {
  const store: Store<unknown> = kind === 'models' ? modelsOf(session) : bentosOf(session)
  // A broken version is for `list` to report: here a word in between would be taken for a tag.
  const entries = await store.list(undefined, () => undefined)
  const names = [...new Set(entries.map(({ name }) => name))]
  return names.flatMap((name) => {
    const own = entries.filter((entry) => entry.name === name)
    const latest = { value: `${name}:latest`, description: 'the newest version' }
    return [latest].concat(own.map(toCandidate))
  })
}

function toCandidate({ tag, createdAt }: StoreEntry<unknown>): Candidate {
  return { value: tag, description: createdAt.toISOString().slice(0, 16).replace('T', ' ') }
}
