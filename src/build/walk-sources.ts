import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { BentoError } from '../errors.ts'
import type { SourceFilter } from './source-filter.ts'

/** A file of the project. Both are relative to it, with `/`. */
export interface Source {
  /** Its name in the bento. */
  readonly path: string
  /** Where its bytes are: elsewhere when a link led there. */
  readonly from: string
}

/** A folder, named as its files are: `data/`, or nothing for the project's own. */
interface Folder {
  readonly path: string
  readonly from: string
  /** Whatever it lies in, links followed. */
  readonly around: readonly string[]
}

/** All files that the filter takes. A link within the project stands for what it leads to. */
export async function* walkSources(context: string, filter: SourceFilter): AsyncGenerator<Source> {
  const root = await realpath(context)
  yield* walk({ path: '', from: '', around: [''] })

  async function* walk({ path: above, from: below, around }: Folder): AsyncGenerator<Source> {
    for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
      const path = `${above}${entry.name}`
      const from = `${below}${entry.name}`
      const found = entry.isSymbolicLink() ? await follow(from, around) : kindOf(entry, from)
      if (found.problem === undefined) yield* take(path, found, around)
      else if (isWanted(path, found)) throw refused(path, found.problem)
    }
  }

  async function* take(
    path: string,
    found: Found,
    around: Folder['around'],
  ): AsyncGenerator<Source> {
    const { from, isFolder } = found
    if (!isFolder && filter.isTaken(path)) yield { path, from }
    if (!isFolder || filter.isClosed(`${path}/`)) return
    yield* walk({ path: `${path}/`, from: `${from}/`, around: [...around, `${from}/`] })
  }

  function isWanted(path: string, { isFolder }: Found): boolean {
    return filter.isTaken(path) && !(isFolder && filter.isClosed(`${path}/`))
  }

  async function follow(link: string, around: Folder['around']): Promise<Found> {
    const real = await realpath(join(root, link)).catch(() => undefined)
    if (real === undefined) return { from: link, isFolder: false, problem: 'links to nothing' }
    const info = await stat(real)
    const from = relative(root, real).split(sep).join('/')
    const found = kindOf(info, from)
    const problem = found.problem ?? problemOf(found, { real, around })
    return problem === undefined ? found : { ...found, problem }
  }

  function problemOf(
    { from, isFolder }: Found,
    { real, around }: { readonly real: string; readonly around: Folder['around'] },
  ): string | undefined {
    const path = isFolder ? `${from}/` : from
    if (path.startsWith('../')) return `links to "${real}", which is outside of the project`
    if (path === '/' || around.includes(path)) return `links to "${real}", which it lies in`
    return filter.isClosed(path) ? `links to "${from}", which is kept out` : undefined
  }
}

interface Found {
  readonly from: string
  readonly isFolder: boolean
  /** Why it cannot be taken. */
  readonly problem?: string
}

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>, from: string): Found {
  const isFolder = entry.isDirectory()
  if (isFolder || entry.isFile()) return { from, isFolder }
  return { from, isFolder, problem: 'is not a plain file' }
}

function refused(path: string, problem: string): BentoError {
  return new BentoError('LINK_REFUSED', `"${path}" ${problem}`, {
    hint: 'Replace it by a copy of what it stands for, or name it in .bentoignore.',
  })
}
