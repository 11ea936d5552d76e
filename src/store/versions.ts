import type { Stats } from 'node:fs'
import { readFile, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '../errors.ts'
import { listFiles, writeAtomically } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'
import { count, object, text } from '../lib/shape.ts'
import { isName, isVersion } from './tag.ts'

/*
 * What a store keeps beside the versions of one name, outside of them, so that equal content is equal bytes:
 *
 * <name>/<version>/         the content, never changed
 * <name>/.<version>.json    when it came and how big it is
 * <name>/latest             the newest version, as text; only a shortcut, rebuilt when it is missing or dangling
 */

export interface VersionRecord {
  readonly createdAt: Date
  readonly size: number
}

export function listNames(store: string): Promise<string[]> {
  return listFolders(store, isName)
}

export function listVersions(folder: string): Promise<string[]> {
  return listFolders(folder, isVersion)
}

/** A version whose record was lost, as when its writer was killed, counts from the time of its manifest. */
export async function readRecord(
  folder: string,
  version: string,
  manifestFile: string,
): Promise<VersionRecord> {
  try {
    const raw: unknown = JSON.parse(await readFile(recordFile(folder, version), 'utf8'))
    const { created_at, size } = record(raw, '')
    const createdAt = new Date(created_at)
    if (!Number.isNaN(createdAt.getTime())) return { createdAt, size }
  } catch {
    // Below.
  }
  const path = join(folder, version)
  const made = await stat(join(path, manifestFile)).catch(() => stat(path))
  return { createdAt: made.mtime, size: await sizeOf(path) }
}

/** Notes when a version came. Two versions of one name never share a time, so that the newest is one. */
export async function writeRecord(
  folder: string,
  version: string,
  { createdAt, size, taken }: VersionRecord & { readonly taken: readonly Date[] },
): Promise<VersionRecord> {
  const others = new Set(taken.map((date) => date.getTime()))
  let time = createdAt.getTime()
  while (others.has(time)) time += 1
  const written = { createdAt: new Date(time), size }
  const content = JSON.stringify({ created_at: written.createdAt.toISOString(), size })
  await writeAtomically(recordFile(folder, version), `${content}\n`)
  return written
}

export function removeRecord(folder: string, version: string): Promise<void> {
  return rm(recordFile(folder, version), { force: true })
}

export async function readPointer(folder: string): Promise<string | undefined> {
  const content = await readFile(join(folder, 'latest'), 'utf8').catch(() => '')
  const version = content.trim()
  return isVersion(version) ? version : undefined
}

export function writePointer(folder: string, version: string): Promise<void> {
  return writeAtomically(join(folder, 'latest'), version)
}

/** Removes a name that has no versions left. Another process may just be adding one; then its folder stays. */
export async function removeName(folder: string): Promise<void> {
  await rm(join(folder, 'latest'), { force: true })
  await rmdir(folder).catch(() => {})
}

export async function sizeOf(folder: string): Promise<number> {
  const stats = await statFiles(folder)
  return stats.reduce((sum, { size }) => sum + size, 0)
}

/** Bytes of the files that have no other name anywhere. */
export async function unsharedSize(folder: string): Promise<number> {
  const stats = await statFiles(folder)
  return stats.reduce((sum, { size, nlink }) => (nlink === 1 ? sum + size : sum), 0)
}

async function statFiles(folder: string): Promise<Stats[]> {
  const files = await listFiles(folder, ['node_modules'])
  return Promise.all(files.map((path) => stat(join(folder, path))))
}

const record = object({ created_at: text, size: count })

function recordFile(folder: string, version: string): string {
  return join(folder, `.${version}.json`)
}

async function listFolders(folder: string, isMember: (name: string) => boolean): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    return names.filter(isMember).toSorted(byCodeUnit)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}
