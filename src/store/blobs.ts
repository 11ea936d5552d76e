import { randomBytes } from 'node:crypto'
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSystemError } from '../errors.ts'
import { digestFile } from '../lib/files.ts'
import type { StoredFile } from './digest.ts'

/*
 * <store>/.blobs/<sha256>    the bytes of stored files, each once
 *
 * A file of a version is a hard link to its blob, so that a version can be read, copied and packed as any folder, and
 * the same weights under ten tags take their place once. The file system counts the names: a blob that has no other
 * belongs to nobody. Nothing else is written down, so no kill can leave the store wrong, only a blob that the next sweep
 * takes. Where there are no hard links, every version keeps a copy of its own.
 */

export class Blobs {
  readonly #folder: string

  constructor(store: string) {
    this.#folder = join(store, '.blobs')
  }

  /** Makes the files of a folder that is on the disk and not stored yet names of their blobs. */
  async share(folder: string, files: readonly StoredFile[]): Promise<void> {
    if (files.length === 0) return
    await mkdir(this.#folder, { recursive: true })
    for (const file of files) {
      if (!(await this.#shareOne(join(folder, file.path), file, dirname(folder)))) return
    }
  }

  /** Removes the blobs that no version, no bento and no half-written folder has a name for. Returns their bytes. */
  async sweep(): Promise<number> {
    let bytes = 0
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const blob = join(this.#folder, name)
      const found = await stat(blob).catch(() => undefined)
      if (!found?.isFile() || found.nlink > 1) continue
      // Whoever takes a name for it at this moment keeps the bytes: only this name of them goes.
      await rm(blob, { force: true })
      bytes += found.size
    }
    return bytes
  }

  /** False where the file system has no hard links. */
  async #shareOne(file: string, { sha256, size }: StoredFile, spare: string): Promise<boolean> {
    const blob = join(this.#folder, sha256)
    for (;;) {
      try {
        await link(file, blob)
        return true
      } catch (error) {
        if (!isSystemError(error, 'EEXIST')) return cannotLink(error)
      }
      if (await isWhole(blob, { sha256, size })) return replaceByLink(blob, file, spare)
      // Somebody wrote into a stored file. Those who have it keep it; nobody else gets it.
      await rm(blob, { force: true })
    }
  }
}

async function isWhole(blob: string, wanted: Omit<StoredFile, 'path'>): Promise<boolean> {
  const found = await stat(blob).catch(() => undefined)
  if (found?.size !== wanted.size) return false
  const { sha256 } = await digestFile(blob).catch(() => ({ sha256: '' }))
  return sha256 === wanted.sha256
}

async function replaceByLink(blob: string, file: string, spare: string): Promise<boolean> {
  const temporary = join(spare, `${randomBytes(6).toString('hex')}.link`)
  try {
    await link(blob, temporary)
    await rename(temporary, file)
  } catch (error) {
    // It was swept, or has as many names as it can: the file stays a copy.
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'EMLINK')) return cannotLink(error)
  }
  return true
}

const linkless = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EINVAL']

function cannotLink(error: unknown): false {
  if (linkless.some((code) => isSystemError(error, code))) return false
  throw error
}
