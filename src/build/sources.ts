import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError } from '../errors.ts'
import { copyPlainFile } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'
import { loadSourceFilter, type SourcePatterns } from './source-filter.ts'

/** The project's own files that go into a bento, relative, with `/`, sorted. */
export async function listSources(context: string, patterns: SourcePatterns): Promise<string[]> {
  const filter = await loadSourceFilter(context, patterns)
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
    hint: 'Replace it by a copy of what it stands for, or name it in .bentoignore.',
  })
}

/** More than this in one file is more often data left lying about than source. */
const largeBytes = 10 << 20

export interface CopySourcesOptions {
  readonly patterns: SourcePatterns
  /** Gets a line for each file that is suspiciously large. */
  readonly report: (line: string) => void
}

export async function copySources(
  context: string,
  target: string,
  { patterns, report }: CopySourcesOptions,
): Promise<void> {
  for (const path of await listSources(context, patterns)) {
    const { size } = await copyPlainFile(join(context, path), join(target, path))
    if (size <= largeBytes) continue
    const megabytes = Math.round(size / 1e6)
    report(
      `warning: "${path}" adds ${megabytes} MB; keep it out with .bentoignore if it is no source`,
    )
  }
}
