import { isBentoError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { confirm } from './confirm.ts'
import type { Session } from './context.ts'
import { renderCount } from './format.ts'

export interface Deletion {
  readonly store: Store<unknown>
  /** For sentences, as `bento`. */
  readonly noun: string
  /** Tags; a bare name means all its versions. */
  readonly targets: readonly string[]
  readonly isConfirmed: boolean
  readonly form: 'default' | 'json'
  /** Throws when one of these tags must stay. */
  readonly check?: (tags: readonly string[]) => Promise<void>
}

/** Nothing is deleted before every target is found, allowed and confirmed. */
export async function deleteEntries(deletion: Deletion, session: Session): Promise<void> {
  const { store, noun, targets, isConfirmed, form, check } = deletion
  const words = targets.flatMap((target) => target.split(',')).filter((word) => word.trim() !== '')
  const found: string[] = []
  for (const word of words) found.push(...(await resolveTarget(store, word.trim(), session)))
  const tags = [...new Set(found)]
  await check?.(tags)
  const question = `Delete ${renderCount(tags.length, noun)} (${tags.join(', ')})?`
  if (!isConfirmed && !(await confirm(question, session))) {
    session.out.say('Nothing was deleted.')
    return
  }
  for (const tag of tags) {
    await store.remove(tag)
    if (form === 'default') session.out.result(`Deleted ${tag}`)
  }
  if (form === 'json') session.out.json({ deleted: tags })
}

async function resolveTarget(
  store: Store<unknown>,
  target: string,
  { out }: Session,
): Promise<string[]> {
  if (!target.includes(':')) {
    const entries = await store.list(target, ({ message }) => out.warn(message))
    if (entries.length > 0) return entries.map((entry) => entry.tag)
  }
  try {
    return [(await store.require(target)).tag]
  } catch (error) {
    // A broken version can still be deleted.
    const isBroken = isBentoError(error) && /^(?:MODEL|BENTO)_INVALID$/.test(error.code)
    if (isBroken && target.includes(':')) return [target]
    throw error
  }
}
