import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import { pathExists } from '../../lib/files.ts'
import { openModelStore } from '../../store/model-store.ts'
import type { Place } from '../save.ts'
import { importTagged } from './import-any.ts'

/*
 * <home>/models/.inbox/<name>-<version>.bentomodel   saved from Python, which knows no store
 *
 * Whoever opens the store next takes them in. Two may do it at once: the same content is stored once, and a file goes
 * only after it is stored.
 */

const extension = '.bentomodel'

function inboxOf(home: string): string {
  return join(home, 'models', '.inbox')
}

/** The archives that wait there. */
async function waitingIn(home: string): Promise<string[]> {
  const names = await readdir(inboxOf(home)).catch(() => [])
  return names.filter((name) => name.endsWith(extension) && !name.startsWith('.')).toSorted()
}

/** Stores what waits. What is refused is kept under another name, so that it is said once. */
export async function takeIn(
  home: string,
  place: Place,
  onRefused: (error: BentoError) => void,
): Promise<string[]> {
  const store = openModelStore(home)
  const tags: string[] = []
  for (const name of await waitingIn(home)) {
    const path = join(inboxOf(home), name)
    try {
      tags.push((await importTagged(store, { path }, place)).tag)
      await rm(path, { force: true })
    } catch (error) {
      // Another process took it meanwhile.
      if (!(await pathExists(path))) continue
      onRefused(await setAside(path, error))
    }
  }
  return tags
}

async function setAside(path: string, error: unknown): Promise<BentoError> {
  const kept = `${path}.refused`
  await rename(path, kept)
  const code = isBentoError(error) ? error.code : 'ARCHIVE_INVALID'
  return new BentoError(code, `${messageOf(error)}\n  The model is kept as "${kept}".`, {
    cause: error,
  })
}
