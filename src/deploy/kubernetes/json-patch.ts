import { BentoError } from '../../errors.ts'
import { isRecord } from '../../lib/records.ts'

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  /** JSON Pointer (RFC 6901). */
  readonly path: string
  readonly value?: unknown
}

/** The part of RFC 6902 that makes sense in a file. The document is not changed. */
export function applyJsonPatch(document: unknown, operations: readonly Operation[]): unknown {
  return operations.reduce<unknown>((value, operation) => {
    const path = operation.path
      .slice(1)
      .split('/')
      .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    return changeAt(value, path, operation)
  }, document)
}

function changeAt(
  node: unknown,
  [key = '', ...rest]: readonly string[],
  operation: Operation,
): unknown {
  const inner = (value: unknown): unknown => changeAt(value, rest, operation)
  if (Array.isArray(node)) {
    return changeItem(node, { key, isLast: rest.length === 0, inner }, operation)
  }
  if (!isRecord(node)) throw missing(operation)
  const entries = new Map(Object.entries(node))
  if (rest.length > 0) {
    if (!entries.has(key)) throw missing(operation)
    entries.set(key, inner(entries.get(key)))
    return Object.fromEntries(entries)
  }
  if (operation.op !== 'add' && !entries.has(key)) throw missing(operation)
  if (operation.op === 'remove') entries.delete(key)
  else entries.set(key, operation.value)
  return Object.fromEntries(entries)
}

interface Step {
  readonly key: string
  readonly isLast: boolean
  readonly inner: (value: unknown) => unknown
}

function changeItem(list: readonly unknown[], step: Step, operation: Operation): unknown[] {
  const isAdded = step.isLast && operation.op === 'add'
  const at = step.key === '-' && isAdded ? list.length : Number(step.key)
  const end = isAdded ? list.length : list.length - 1
  if (!/^(?:-|0|[1-9]\d*)$/.test(step.key) || !(at <= end)) throw missing(operation)
  if (!step.isLast) return list.with(at, step.inner(list[at]))
  if (operation.op === 'replace') return list.with(at, operation.value)
  return isAdded ? list.toSpliced(at, 0, operation.value) : list.toSpliced(at, 1)
}

function missing({ op, path }: Operation): BentoError {
  return new BentoError('DEPLOYMENT_INVALID', `A patch cannot ${op} "${path}": it is not there`, {
    hint: 'See what is rendered with `bento deploy --render -`.',
  })
}
