import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { BentoError } from '../errors.ts'
import { copyPlainFile } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'

/** What never goes into a bento: made again from the lock or the build, or holding secrets. */
const builtInExcludes: readonly string[] = [
  'node_modules',
  '.git',
  '.env',
  '.env.*',
  '.npmrc',
  'dist',
  '.bento',
  '*.bento',
  '.DS_Store',
]

export interface SourcePatterns {
  /** As in .gitignore: which files to take. */
  readonly include: readonly string[]
  /** As in .gitignore: which of them not to take. */
  readonly exclude: readonly string[]
}

/** Decides on paths relative to the project, with `/`; those of folders end in `/`. */
export interface SourceFilter {
  isTaken(path: string): boolean
  /** True when nothing below this folder can be taken. */
  isClosed(folder: string): boolean
}

export function createSourceFilter({ include, exclude }: SourcePatterns): SourceFilter {
  const wanted = ignore().add([...include])
  // Two lists, so that a negation in the user's list cannot bring back a secret.
  const unwanted: Ignore[] = [ignore().add([...builtInExcludes]), ignore().add([...exclude])]
  const isClosed = (path: string): boolean => unwanted.some((list) => list.ignores(path))
  return { isClosed, isTaken: (path) => wanted.ignores(path) && !isClosed(path) }
}

/** The project's own files that go into a bento, relative, with `/`, sorted. */
export async function listSources(context: string, patterns: SourcePatterns): Promise<string[]> {
  const filter = createSourceFilter(patterns)
  const found: string[] = []
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(context, below), { withFileTypes: true })) {
      const path = `${below}${entry.name}`
      if (entry.isDirectory()) {
        if (!filter.isClosed(`${path}/`)) await visit(`${path}/`)
      } else if (filter.isTaken(path)) found.push(plain(entry, path))
    }
  }
  await visit('')
  return found.toSorted(byCodeUnit)
}

function plain(entry: Dirent, path: string): string {
  if (entry.isFile()) return path
  throw new BentoError('LINK_REFUSED', `"${path}" is not a plain file`, {
    hint: 'Replace it by a copy of what it stands for, or add it to `exclude` in bentofile.yaml.',
  })
}

export async function copySources(
  context: string,
  target: string,
  patterns: SourcePatterns,
): Promise<void> {
  for (const path of await listSources(context, patterns)) {
    await copyPlainFile(join(context, path), join(target, path))
  }
}
