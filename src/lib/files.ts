import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, constants, readFileSync, statSync } from 'node:fs'
import {
  access,
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BentoError, isSystemError } from '../errors.ts'
import { byCodeUnit } from './order.ts'

export interface FileDigest {
  /** In hex. */
  readonly sha256: string
  /** In bytes. */
  readonly size: number
}

/** Read at once up to here: to wait for a small file costs several times more than to read it. */
const smallBytes = 1 << 20

export async function digestFile(file: string): Promise<FileDigest> {
  if (statSync(file).size > smallBytes) return digestLarge(file)
  const content = readFileSync(file)
  return { sha256: createHash('sha256').update(content).digest('hex'), size: content.length }
}

async function digestLarge(file: string): Promise<FileDigest> {
  const hash = createHash('sha256')
  let size = 0
  const measure = new Writable({
    write(chunk: Buffer, _encoding, done): void {
      hash.update(chunk)
      size += chunk.length
      done()
    },
  })
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), measure)
  return { sha256: hash.digest('hex'), size }
}

/**
 * Plain files below `folder`, relative, with `/`, sorted by code unit. Folders named in `skip` are left out at any depth.
 * Throws LINK_REFUSED for anything that is neither a plain file nor a folder.
 */
export async function listFiles(folder: string, skip: readonly string[] = []): Promise<string[]> {
  const found: string[] = []
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (skip.includes(entry.name)) continue
      if (entry.isDirectory()) await visit(path)
      else if (entry.isFile()) found.push(path)
      else throw linkRefused(join(folder, path))
    }
  }
  await visit('')
  return found.toSorted(byCodeUnit)
}

/** Bytes of the files below it; 0 where there is no such folder. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))))
  return stats.reduce((sum, { size }) => sum + size, 0)
}

export interface CopyOptions {
  /** Refuses a file that has other names too: a hard link may stand for any file of the machine. */
  readonly isOnlyName?: boolean
}

/**
 * Copies a file and returns the digest of the very bytes that were copied. The source must be a plain file: it is
 * opened without following a link, so that it cannot be swapped between the look and the copy.
 */
export async function copyPlainFile(
  source: string,
  target: string,
  options: CopyOptions = {},
): Promise<FileDigest> {
  const handle = await openPlain(source, options)
  const hash = createHash('sha256')
  let size = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  await mkdir(dirname(target), { recursive: true })
  const from = handle.createReadStream({ highWaterMark: 1 << 20 })
  await pipeline(from, measure, createWriteStream(target, { flags: 'wx', mode: 0o644 }))
  return { sha256: hash.digest('hex'), size }
}

async function openPlain(
  file: string,
  { isOnlyName = false }: CopyOptions,
): Promise<Awaited<ReturnType<typeof open>>> {
  try {
    // Non-blocking, or opening a FIFO would wait for a writer.
    const handle = await open(
      file,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    const found = await handle.stat()
    if (found.isFile() && (found.nlink === 1 || !isOnlyName)) return handle
    await handle.close()
    throw linkRefused(file)
  } catch (error) {
    if (isSystemError(error, 'ELOOP')) throw linkRefused(file, error)
    throw error
  }
}

function linkRefused(file: string, cause?: unknown): BentoError {
  return new BentoError('LINK_REFUSED', `"${file}" is not a plain file`, {
    hint: 'Replace it by a copy of the file that it stands for.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** One copy on the disk is enough for files that never change, where both names lie on one disk. */
export async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target)
  } catch (error) {
    const mayCopy = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS'].some((code) =>
      isSystemError(error, code),
    )
    if (!mayCopy) throw error
    await copyFile(source, target, constants.COPYFILE_FICLONE)
  }
}

/** Replaces a small file: readers see the old text or the new, never a part. */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  mode = 0o666,
): Promise<void> {
  const temporary = join(dirname(file), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeFile(temporary, content, { flush: true, mode })
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Whether there is a file or a folder; of a link, what it leads to. */
export function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Brings every file and folder below `folder` to the disk, so that a rename after it never shows half a file. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  // At once: a disk brings many files down in little more time than one.
  await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? syncTree(path) : syncPath(path)
    }),
  )
  await syncPath(folder)
}

export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    // Windows opens no folders.
    if (isSystemError(error, 'EISDIR') || isSystemError(error, 'EPERM')) return undefined
    throw error
  })
  try {
    await handle?.sync()
  } finally {
    await handle?.close()
  }
}
