import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const dayMs = 24 * 60 * 60 * 1000

/** Removes what a process that was killed left half made: names that begin with a dot, older than a day. */
export async function sweep(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const made = name.startsWith('.') ? await stat(path).catch(() => undefined) : undefined
    if (made !== undefined && now - made.mtimeMs > dayMs) {
      await rm(path, { recursive: true, force: true })
    }
  }
}
