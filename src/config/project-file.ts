import { constants } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { BentoError, isSystemError } from '../errors.ts'
import { renderProblems } from './problems.ts'

/** A file of the project that a bentofile names. */
export interface NamedFile {
  /** Folder of the project. */
  readonly context: string
  /** The bentofile. */
  readonly file: string
  /** Where in it, as `docker.setup_script`. */
  readonly key: string
  readonly name: string
  /** The name as it is written there. */
  readonly written?: string
}

/**
 * Reads only a plain file inside the project, that no link leads to: a bento is published, and so is what it is made of.
 */
export async function readProjectFile(named: NamedFile): Promise<string> {
  const { context, name } = named
  const parts = name.split(/[\\/]/)
  const target = resolve(context, name)
  if (name === '' || parts.includes('..') || !target.startsWith(resolve(context) + sep)) {
    throw fileProblem(named, 'must lie inside the project')
  }
  if (parts[0] === '' || /^[A-Za-z]:/.test(name)) throw fileProblem(named, 'must be relative')
  await refuseLinks(named, parts)
  return readPlain(named, target)
}

async function readPlain(named: NamedFile, target: string): Promise<string> {
  try {
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW
    return await readFile(target, { encoding: 'utf8', flag })
  } catch (cause) {
    const why = isSystemError(cause, 'ENOENT') ? 'does not exist' : 'cannot be read'
    throw fileProblem(named, why, cause)
  }
}

async function refuseLinks(named: NamedFile, parts: readonly string[]): Promise<void> {
  for (let end = 1; end <= parts.length; end++) {
    const path = join(named.context, ...parts.slice(0, end))
    const found = await lstat(path).catch(() => undefined)
    if (found?.isSymbolicLink()) throw fileProblem(named, 'is or passes a link')
  }
}

function fileProblem(
  { file, key, name, written = name }: NamedFile,
  why: string,
  cause?: unknown,
): BentoError {
  const line = `"${written}" ${why} → at ${key}`
  return new BentoError('BENTOFILE_INVALID', `"${file}" has ${renderProblems([line])}`, {
    hint: `Name a file of the project at ${key}, without a link.`,
    cause,
  })
}
