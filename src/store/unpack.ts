import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ArchiveNames } from './archive-names.ts'
import { archiveInvalid, defaultLimits, readTar } from './tar-reader.ts'
import type { ArchiveLimits, TarEntry } from './tar-reader.ts'

/**
 * Unpacks a gzip tar into an empty folder. Plain files and folders only: a link, a path that leads out, or two names
 * that some file system takes for one fail the whole with ARCHIVE_INVALID, and the caller discards the folder.
 */
export async function unpackArchive(
  file: string,
  folder: string,
  limits: ArchiveLimits = defaultLimits,
): Promise<void> {
  const names = new ArchiveNames()
  let entries = 0
  for await (const entry of readTar(file, limits)) {
    entries += 1
    if (entries > limits.entries) throw archiveInvalid(`"${file}" holds too many files`)
    await unpackEntry(entry, folder, names)
  }
  if (entries === 0) throw archiveInvalid(`"${file}" is empty`)
}

async function unpackEntry(entry: TarEntry, folder: string, names: ArchiveNames): Promise<void> {
  if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'Directory') {
    throw archiveInvalid(`An archive cannot hold a ${entry.type}, ${JSON.stringify(entry.path)}`)
  }
  if (entry.type === 'Directory') {
    await mkdir(join(folder, names.addFolder(entry.path)), { recursive: true })
    return
  }
  const target = join(folder, names.addFile(entry.path))
  await mkdir(dirname(target), { recursive: true })
  const mode = entry.isExecutable ? 0o755 : 0o644
  await pipeline(entry.body, createWriteStream(target, { flags: 'wx', mode }))
}
