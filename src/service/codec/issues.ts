import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ErrorDetail } from '../../errors.ts'
import { isTensor, isTypedArray } from '../../lib/tensor-ops.ts'
import { issueType } from './issue-types.ts'

type Issue = StandardSchemaV1.Issue

// An answer must not grow with every bad element of a large input.
const maxDetails = 100

/** The problems of one value, found by `issues` of its schema; `loc` is where the value stands in the body. */
export function toDetails(
  issues: readonly Issue[],
  value: unknown,
  loc: ErrorDetail['loc'],
): ErrorDetail[] {
  return issues.slice(0, maxDetails).flatMap((issue) => {
    const path = pathOf(issue)
    const found = valueAt(value, path)
    const branches = branchesOf(issue)
    const at = [...loc, ...path]
    if (branches.length > 0 && found !== undefined) return toDetails(branches, found, at)
    if (found === undefined && !hasOwnType(issue)) return [missing(at)]
    return [{ type: issueType(issue, found), loc: at, msg: issue.message }]
  })
}

export function missing(loc: ErrorDetail['loc']): ErrorDetail {
  return { type: 'missing', loc, msg: 'Field required' }
}

/** As `2 validation errors for Input`. */
export function countProblems(details: readonly ErrorDetail[], of: string): string {
  return `${details.length} validation error${details.length === 1 ? '' : 's'} for ${of}`
}

function pathOf(issue: Issue): (string | number)[] {
  return (issue.path ?? []).map((segment) => {
    const key = typeof segment === 'object' ? segment.key : segment
    return typeof key === 'number' ? key : String(key)
  })
}

/** Of a tensor's elements, the tensor: they are there, though not as fields. */
function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let found = value
  for (const key of path) {
    if (isTypedArray(found) || isTensor(found)) return found
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = Reflect.get(found, key)
  }
  return found
}

/** A rule of the user's own, or a key too many, is about something that need not be there. */
function hasOwnType(issue: Issue): boolean {
  return 'code' in issue && (issue.code === 'custom' || issue.code === 'unrecognized_keys')
}

/** What each alternative of a union has against the value, where the library tells. */
function branchesOf(issue: Issue): Issue[] {
  if (!('code' in issue) || issue.code !== 'invalid_union') return []
  if (!('errors' in issue) || !Array.isArray(issue.errors)) return []
  return issue.errors.flat().filter(isIssue)
}

function isIssue(value: unknown): value is Issue {
  return typeof value === 'object' && value !== null && 'message' in value
}
