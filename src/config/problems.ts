import * as z from 'zod'
import { closest } from '../lib/suggest.ts'

/** One thing that is wrong with a document: where, and in words. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  /** A key at `path` that should not be there. */
  readonly key?: string
  readonly message: string
}

export type Checked<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly problems: readonly Problem[] }

/**
 * Checks a value against a schema and collects everything that is wrong, unknown keys with a suggestion. `foreign` says
 * of keys of others what there is instead, by place: `python`, `python.packages`.
 */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  foreign: Readonly<Record<string, string>> = {},
): Checked<z.output<S>> {
  const result = schema.safeParse(value)
  if (result.success) return { value: result.data }
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const checking = { value, shape, foreign }
  return { problems: result.error.issues.flatMap((issue) => toProblems(issue, checking)) }
}

interface Checking {
  readonly value: unknown
  readonly shape: unknown
  readonly foreign: Readonly<Record<string, string>>
}

function toProblems(issue: z.core.$ZodIssue, checking: Checking): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(checking.shape, issue.path)
    return issue.keys.flatMap((key) => {
      const foreign = foreignProblems(issue.path, key, checking)
      if (foreign.length > 0) return foreign
      return [{ path: issue.path, key, message: unknownKey(key, known) }]
    })
  }
  // Of a union that failed, the branch that got furthest says most.
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((issues) =>
      issues.some((one) => one.path.length > 0 || one.code === 'unrecognized_keys'),
    )
    if (branch !== undefined) {
      return branch.flatMap((one) =>
        toProblems({ ...one, path: [...issue.path, ...one.path] }, checking),
      )
    }
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return [{ path: issue.path, message: isMissing ? `Missing ${issue.expected}` : issue.message }]
}

/** A map of others is named by those of its keys that have counterparts of their own. */
function foreignProblems(
  path: readonly PropertyKey[],
  key: string,
  { value, foreign }: Checking,
): Problem[] {
  const place = (...keys: PropertyKey[]): string =>
    [...path, ...keys].filter((segment) => typeof segment === 'string').join('.')
  const inner = Object.keys(recordAt(valueAt(value, path), key) ?? {})
  const known = inner.filter((one) => foreign[place(key, one)] !== undefined)
  if (known.length > 0) {
    const at = [...path, key]
    return known.map((one) => ({
      path: at,
      key: one,
      message: `"${one}" ${foreign[place(key, one)]}`,
    }))
  }
  const message = foreign[place(key)] ?? foreign[key]
  return message === undefined ? [] : [{ path, key, message: `"${key}" ${message}` }]
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, segment) => recordAt(node, segment), value)
}

function unknownKey(key: string, known: readonly string[]): string {
  const guess = closest(key, known)
  if (guess !== undefined) return `Unknown key "${key}", did you mean "${guess}"?`
  return `Unknown key "${key}"; known are ${known.join(', ')}`
}

function keysAt(shape: unknown, path: readonly PropertyKey[]): string[] {
  let node = shape
  for (const segment of path) {
    const inner = childAt(node, segment)
    if (inner === undefined) return []
    node = inner
  }
  return Object.keys(recordAt(unionObject(node), 'properties') ?? {})
}

function childAt(node: unknown, segment: PropertyKey): unknown {
  return [node, ...branchesOf(node)].map((one) => ownChildAt(one, segment)).find(Boolean)
}

function ownChildAt(node: unknown, segment: PropertyKey): unknown {
  if (typeof segment === 'number') return recordAt(node, 'items')
  return recordAt(recordAt(node, 'properties'), segment) ?? recordAt(node, 'additionalProperties')
}

function unionObject(node: unknown): unknown {
  const branches = branchesOf(node)
  if (branches.length === 0) return node
  return branches.find((branch) => recordAt(branch, 'properties') !== undefined)
}

function branchesOf(node: unknown): readonly unknown[] {
  const branches = recordAt(node, 'anyOf')
  return Array.isArray(branches) ? branches : []
}

function recordAt(node: unknown, key: PropertyKey): object | undefined {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
  const value: unknown = Reflect.get(node, key)
  return typeof value === 'object' && value !== null ? value : undefined
}

/** Where a problem is written: at the key itself when that is what is wrong. */
export function placeOf({ path, key }: Problem): readonly PropertyKey[] {
  return key === undefined ? path : [...path, key]
}

/** `MESSAGE → at traffic.timeout`. */
export function renderProblem({ path, message }: Problem): string {
  return path.length === 0 ? message : `${message} → at ${renderPath(path)}`
}

/** `traffic.timeout`, `envs[0].name`. */
function renderPath(path: readonly PropertyKey[]): string {
  return path
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${String(segment)}`))
    .join('')
    .replace(/^\./, '')
}

/** `3 problems` as the end of a first line, and a line for each. */
export function renderProblems(lines: readonly string[]): string {
  const count = lines.length === 1 ? 'a problem' : `${lines.length} problems`
  return [count, ...lines.map((line) => `✖ ${line}`)].join('\n')
}
