import { join } from 'node:path'
import { copyPlainFile } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'
import { loadSourceFilter, type SourcePatterns } from './source-filter.ts'
import { type Source, walkSources } from './walk-sources.ts'

/** The project's own files that go into a bento, sorted. */
export async function listSources(context: string, patterns: SourcePatterns): Promise<Source[]> {
  const filter = await loadSourceFilter(context, patterns)
  const found: Source[] = []
  for await (const source of walkSources(context, filter)) found.push(source)
  return found.toSorted((a, b) => byCodeUnit(a.path, b.path))
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
  for (const { path, from } of await listSources(context, patterns)) {
    const { size } = await copyPlainFile(join(context, from), join(target, path))
    if (size <= largeBytes) continue
    const megabytes = Math.round(size / 1e6)
    report(
      `warning: "${path}" adds ${megabytes} MB; keep it out with .bentoignore if it is no source`,
    )
  }
}
