import { readFile } from 'node:fs/promises'
import { check, placeOf, type Problem, renderProblem, renderProblems } from '../config/problems.ts'
import { parseYaml } from '../config/yaml-source.ts'
import { BentoError } from '../errors.ts'
import { isRecord } from '../lib/records.ts'
import { type DeploymentFlags, overrideBy } from './deployment-flags.ts'
import { type Deployment, deploymentSchema, foreignKeys } from './deployment-schema.ts'

/** A document as it was written, with the place of everything in it. */
interface Written {
  readonly value: unknown
  readonly locate: (path: readonly PropertyKey[]) => string
  readonly offset: (path: readonly PropertyKey[]) => number
}

/** The deployment that a file and flags describe. Throws DEPLOYMENT_INVALID with everything that is wrong. */
export async function loadDeployment(
  file: string | undefined,
  flags: DeploymentFlags,
): Promise<Deployment> {
  const source = file === undefined ? nothing : await parseYaml(await read(file), file, code)
  if (source.value !== null && source.value !== undefined && !isRecord(source.value)) {
    throw invalid(file, [`${source.locate([])} must be a mapping`])
  }
  const written: Record<string, unknown> = structuredClone(source.value ?? {})
  const origins = new Map<string, string>()
  await overrideBy(flags, written, origins)
  const checked = check(deploymentSchema, written, foreignKeys)
  const problems = [...(checked.problems ?? []), ...unprintable(written)]
  if (checked.problems === undefined && problems.length === 0) return checked.value
  throw invalid(file, renderLines(problems, source, origins))
}

const code = 'DEPLOYMENT_INVALID'
const nothing: Written = { value: {}, locate: () => '', offset: () => 0 }

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new BentoError('FILE_NOT_FOUND', `Cannot read "${file}"`, {
      hint: 'Name a deployment.yaml that exists with --file.',
      cause,
    })
  }
}

function renderLines(
  problems: readonly Problem[],
  source: Written,
  origins: ReadonlyMap<string, string>,
): string[] {
  const originOf = (problem: Problem): string =>
    [...origins].find(([key]) => `${placeOf(problem).join('.')}.`.startsWith(`${key}.`))?.[1] ??
    source.locate(placeOf(problem))
  return problems
    .toSorted((a, b) => source.offset(placeOf(a)) - source.offset(placeOf(b)))
    .map((problem) => `${originOf(problem)} ${renderProblem(problem)}`.trim())
}

function invalid(file: string | undefined, lines: readonly string[]): BentoError {
  const what = file === undefined ? 'The deployment' : `"${file}"`
  return new BentoError(code, `${what} has ${renderProblems(lines)}`, {
    hint: 'Correct each; `bento deploy --help` has an example of a deployment.yaml.',
  })
}

// What no file can carry to every parser, and nobody means: control characters, half of a surrogate pair.
const stray = /(?![\t\n\r])\p{Cc}|[\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u

function unprintable(value: unknown, path: readonly PropertyKey[] = []): Problem[] {
  if (typeof value === 'string') {
    return stray.test(value) ? [{ path, message: 'holds a control character' }] : []
  }
  if (Array.isArray(value)) return value.flatMap((one, at) => unprintable(one, [...path, at]))
  if (!isRecord(value)) return []
  const keys = Object.keys(value).filter((key) => stray.test(key))
  return [
    ...keys.map(() => ({ path, message: 'has a key with a control character' })),
    ...Object.entries(value).flatMap(([key, one]) => unprintable(one, [...path, key])),
  ]
}
