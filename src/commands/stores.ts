import { resolveHome } from '../config/home.ts'
import { openBentoStore } from '../store/bento-store.ts'
import type { BentoStore } from '../store/bento-store.ts'
import { openModelStore } from '../store/model-store.ts'
import type { ModelStore } from '../store/model-store.ts'
import type { Store, StoreEntry } from '../store/store.ts'
import type { Session } from './context.ts'

export function bentosOf({ env }: Session): BentoStore {
  return openBentoStore(resolveHome(env))
}

export function modelsOf({ env }: Session): ModelStore {
  return openModelStore(resolveHome(env))
}

/** What `list` shows: a broken version is warned of; a name that has nothing is an error. */
export async function listEntries<M>(
  store: Store<M>,
  name: string | undefined,
  { out }: Session,
): Promise<StoreEntry<M>[]> {
  const entries = await store.list(name, ({ message }) => out.warn(message))
  if (entries.length > 0 || name === undefined) return entries
  return [await store.require(name)]
}
