import { readdir, readFile } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { env } from 'node:process'
import ignore, { type Ignore } from 'ignore'
import { resolveHome } from '../config/home.ts'
import { isSystemError } from '../errors.ts'

/** What never goes into a bento: made again from the lock or the build, or holding secrets. */
const builtInExcludes: readonly string[] = [
  'node_modules',
  '.git',
  '.env',
  '.env.*',
  '.npmrc',
  'dist',
  '.bento',
  // What it says is in bento.yaml.
  'bento.lock',
  '*.bento',
  '*.bentomodel',
  '.venv',
  '__pycache__',
  '.DS_Store',
]

const ignoreFile = '.bentoignore'

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

interface IgnoreList {
  /** The folder that it is for, as `data/`; empty: the project's. */
  readonly below: string
  readonly list: Ignore
}

/** The filter of a project, with every `.bentoignore` in it: each is for its own folder and what is below. */
export async function loadSourceFilter(
  context: string,
  { include, exclude }: SourcePatterns,
): Promise<SourceFilter> {
  const wanted = ignore().add([...include])
  // A list for each who wrote one, so that a negation in one cannot bring back what another keeps out.
  const unwanted: IgnoreList[] = [builtInExcludes, exclude].map((patterns) => ({
    below: '',
    list: ignore().add([...patterns]),
  }))
  // A store in the project, with all that was built from it before.
  const store = folderWithin(context, resolveHome(env))
  const isClosed = (path: string): boolean =>
    (store !== undefined && path.startsWith(store)) || unwanted.some((one) => isIgnored(one, path))
  await visitFolders(context, '', async (below) => {
    if (below !== '' && isClosed(below)) return false
    const text = await readIgnoreFile(join(context, below, ignoreFile))
    if (text !== undefined) unwanted.push({ below, list: ignore().add(text) })
    return true
  })
  return { isClosed, isTaken: (path) => wanted.ignores(path) && !isClosed(path) }
}

/** Relative, as `data/store/`; undefined where it is not below. */
function folderWithin(context: string, folder: string): string | undefined {
  const path = relative(context, folder)
  if (path === '' || isAbsolute(path) || path.split(sep)[0] === '..') return undefined
  return `${path.split(sep).join('/')}/`
}

function isIgnored({ below, list }: IgnoreList, path: string): boolean {
  return path.startsWith(below) && path !== below && list.ignores(path.slice(below.length))
}

async function visitFolders(
  context: string,
  below: string,
  enter: (below: string) => Promise<boolean>,
): Promise<void> {
  if (!(await enter(below))) return
  for (const entry of await readdir(join(context, below), { withFileTypes: true })) {
    if (entry.isDirectory()) await visitFolders(context, `${below}${entry.name}/`, enter)
  }
}

function readIgnoreFile(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  })
}
