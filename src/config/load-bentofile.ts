import { lstat, readFile, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { BentoError, isSystemError } from '../errors.ts'
import { type Bentofile, bentofileSchema, foreignKeys } from './bentofile.ts'
import { check, placeOf, renderProblem, renderProblems } from './problems.ts'
import { parseYaml } from './yaml-source.ts'

export const bentofileName = 'bentofile.yaml'

export interface LoadedBentofile {
  /** Absolute path of the file. */
  readonly file: string
  readonly bentofile: Bentofile
  /** Text of the description: `file:` is read. */
  readonly description: string | undefined
}

/** The bentofile of a project folder; undefined when it has none. */
export async function findBentofile(context: string): Promise<LoadedBentofile | undefined> {
  const file = join(context, bentofileName)
  const isThere = await stat(file).then(
    () => true,
    () => false,
  )
  return isThere ? loadBentofile(file, context) : undefined
}

/** Reads and checks a bentofile; every problem of it is named at once. */
export async function loadBentofile(file: string, context: string): Promise<LoadedBentofile> {
  const bentofile = await parseBentofile(await readText(file), file)
  return { file, bentofile, description: await readDescription(bentofile, context, file) }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new BentoError('BENTOFILE_NOT_FOUND', `Cannot read the bentofile "${file}"`, {
      hint: 'Name a file that exists with --bentofile, or create bentofile.yaml with a line such as `service: service.ts:IrisClassifier`.',
      cause,
    })
  }
}

async function parseBentofile(text: string, file: string): Promise<Bentofile> {
  const source = await parseYaml(text, file, 'BENTOFILE_INVALID')
  const checked = check(bentofileSchema, source.value ?? undefined, foreignKeys)
  if (checked.problems === undefined) return checked.value
  const lines = checked.problems
    .toSorted((a, b) => source.offset(placeOf(a)) - source.offset(placeOf(b)))
    .map((problem) => `${source.locate(placeOf(problem))} ${renderProblem(problem)}`)
  throw new BentoError('BENTOFILE_INVALID', `"${file}" has ${renderProblems(lines)}`, {
    hint: 'See bentofile.schema.json of bentojs for all keys.',
  })
}

/** `file:` may name only a plain file inside the project: a bento is published, and so is its README. */
async function readDescription(
  { description }: Bentofile,
  context: string,
  file: string,
): Promise<string | undefined> {
  if (description === undefined || !description.startsWith('file:')) return description
  const name = description.slice('file:'.length).trim()
  const parts = name.split(/[\\/]/)
  const target = resolve(context, name)
  if (name === '' || parts.includes('..') || !target.startsWith(resolve(context) + sep)) {
    throw descriptionError({ file, name, why: 'must lie inside the project' })
  }
  if (parts[0] === '' || /^[A-Za-z]:/.test(name)) {
    throw descriptionError({ file, name, why: 'must be relative' })
  }
  await refuseLinks(context, parts, file)
  return readDescriptionFile(target, file, name)
}

async function readDescriptionFile(target: string, file: string, name: string): Promise<string> {
  try {
    return await readFile(target, 'utf8')
  } catch (cause) {
    const why = isSystemError(cause, 'ENOENT') ? 'does not exist' : 'cannot be read'
    throw descriptionError({ file, name, why, cause })
  }
}

async function refuseLinks(context: string, parts: readonly string[], file: string): Promise<void> {
  for (let end = 1; end <= parts.length; end++) {
    const path = join(context, ...parts.slice(0, end))
    const found = await lstat(path).catch(() => undefined)
    if (found?.isSymbolicLink()) {
      throw descriptionError({ file, name: parts.join('/'), why: 'is or passes a link' })
    }
  }
}

interface DescriptionProblem {
  readonly file: string
  readonly name: string
  readonly why: string
  readonly cause?: unknown
}

function descriptionError({ file, name, why, cause }: DescriptionProblem): BentoError {
  const line = `"file:${name}" ${why} → at description`
  return new BentoError('BENTOFILE_INVALID', `"${file}" has ${renderProblems([line])}`, {
    hint: 'Name a file of the project, as `description: file:README.md`.',
    cause,
  })
}
