import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseEnv } from 'node:util'
import { BentoError, isSystemError } from '../errors.ts'
import { type Bentofile, bentofileSchema } from './bentofile.ts'
import { envsSchema } from './envs.ts'
import { foreignKeys } from './foreign-keys.ts'
import { check, placeOf, type Problem, renderProblem, renderProblems } from './problems.ts'
import { readProjectFile } from './project-file.ts'
import { parseYaml } from './yaml-source.ts'

export const bentofileName = 'bentofile.yaml'
const packageFile = 'package.json'
/** Where package.json has what would stand in bentofile.yaml. */
const packageKey = 'bento'

export interface LoadedBentofile {
  /** Absolute path of the file. */
  readonly file: string
  /** With `docker.env` among its `envs`. */
  readonly bentofile: Bentofile
  /** Text of the description: `file:` is read. */
  readonly description: string | undefined
  readonly setupScript: string | undefined
  readonly dockerfileTemplate: string | undefined
  readonly npmrc: string | undefined
}

/** The bentofile of a project folder, or `bento` of its package.json; undefined when it has neither. */
export async function findBentofile(context: string): Promise<LoadedBentofile | undefined> {
  for (const name of [bentofileName, packageFile]) {
    const file = join(context, name)
    const text = await readIfThere(file)
    const source = text === undefined ? undefined : await parseSource(text, file)
    if (source !== undefined) return load(source, context)
  }
  return undefined
}

/** Reads and checks a bentofile; every problem of it is named at once. */
export async function loadBentofile(file: string, context: string): Promise<LoadedBentofile> {
  const source = await parseSource(await readText(file), file)
  if (source !== undefined) return load(source, context)
  throw new BentoError('BENTOFILE_NOT_FOUND', `"${file}" says nothing at "${packageKey}"`, {
    hint: `Write it as "${packageKey}": { "service": "service.ts:IrisClassifier" }.`,
  })
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined
    throw cause
  }
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

interface Source {
  readonly file: string
  readonly value: unknown
  readonly locate: (path: readonly PropertyKey[]) => string
  readonly offset: (path: readonly PropertyKey[]) => number
}

/** Undefined for a package.json that says nothing of bento. JSON is read as YAML, which tells places. */
async function parseSource(text: string, file: string): Promise<Source | undefined> {
  const isPackage = basename(file) === packageFile
  if (isPackage && !text.includes(`"${packageKey}"`)) return undefined
  const source = await parseYaml(text, file, 'BENTOFILE_INVALID')
  const under = isPackage ? [packageKey] : []
  const places = {
    file,
    locate: (path: readonly PropertyKey[]) => source.locate([...under, ...path]),
    offset: (path: readonly PropertyKey[]) => source.offset([...under, ...path]),
  }
  if (!isPackage) return { ...places, value: source.value }
  const { [packageKey]: own, name } = recordOf(source.value)
  if (own === undefined) return undefined
  return { ...places, value: withName(own, name) }
}

/** The package's own name, without its scope, names the bento unless `bento` says another. */
function withName(own: unknown, name: unknown): unknown {
  if (typeof own !== 'object' || own === null || typeof name !== 'string') return own
  return { name: name.replace(/^@[^/]*\//, ''), ...own }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {}
}

async function load(source: Source, context: string): Promise<LoadedBentofile> {
  const bentofile = parse(source)
  const { file } = source
  const { description, docker, node } = bentofile
  const read = (key: string, name: string | undefined): Promise<string> | undefined =>
    name === undefined ? undefined : readProjectFile({ context, file, key, name })
  return {
    file,
    bentofile: { ...bentofile, envs: await allEnvs(bentofile, source, context) },
    description: await readDescription(description, context, file),
    setupScript: await read('docker.setup_script', docker.setup_script),
    dockerfileTemplate: await read('docker.dockerfile_template', docker.dockerfile_template),
    npmrc: await read('node.npmrc', node.npmrc),
  }
}

function parse(source: Source): Bentofile {
  const checked = check(bentofileSchema, source.value ?? undefined, foreignKeys)
  if (checked.problems === undefined) return checked.value
  throw invalid(source, checked.problems)
}

function invalid({ file, locate, offset }: Source, problems: readonly Problem[]): BentoError {
  const lines = problems
    .toSorted((a, b) => offset(placeOf(a)) - offset(placeOf(b)))
    .map((problem) => `${locate(placeOf(problem))} ${renderProblem(problem)}`)
  return new BentoError('BENTOFILE_INVALID', `"${file}" has ${renderProblems(lines)}`, {
    hint: 'See bentofile.schema.json of bentojs for all keys.',
  })
}

/** `envs`, and what `docker.env` says besides, which is the same in fewer words. */
async function allEnvs(
  { envs, docker }: Bentofile,
  source: Source,
  context: string,
): Promise<Bentofile['envs']> {
  const { env } = docker
  if (env === undefined) return envs
  const { file } = source
  const pairs =
    typeof env === 'string'
      ? parseEnv(await readProjectFile({ context, file, key: 'docker.env', name: env }))
      : env
  const more = Object.entries(pairs).map(([name, value]) => ({ name, value, stage: 'all' }))
  const checked = check(envsSchema, [...envs, ...more])
  if (checked.problems === undefined) return checked.value
  throw invalid(
    source,
    checked.problems.map(({ message }) => ({ path: ['docker', 'env'], message })),
  )
}

/** `file:` may name only a plain file inside the project. */
async function readDescription(
  description: string | undefined,
  context: string,
  file: string,
): Promise<string | undefined> {
  if (description === undefined || !description.startsWith('file:')) return description
  const name = description.slice('file:'.length).trim()
  const written = `file:${name}`
  return readProjectFile({ context, file, key: 'description', name, written })
}
