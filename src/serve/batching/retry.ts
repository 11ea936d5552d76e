import { isBentoError, messageOf } from '../../errors.ts'

// A run that took too long, or the memory, would do so again; what was refused was never run.
const finalCodes = new Set(['TIMEOUT', 'EXPIRED', 'CANCELLED', 'WORKER_LOST', 'PACKAGE_MISSING'])
const outOfMemory = /out of memory|bad_alloc|allocation failed|failed to allocate/i

// An error may be its own cause.
const deepestCause = 10

/** Whether the parts of a batch that failed with this may succeed by themselves. */
export function isRetryable(error: unknown): boolean {
  if (isBentoError(error) && finalCodes.has(error.code)) return false
  let cause = error
  for (let depth = 0; depth < deepestCause && cause !== undefined; depth++) {
    if (outOfMemory.test(messageOf(cause))) return false
    cause = causeOf(cause)
  }
  return true
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined
}

export interface Part<Slice, Output> {
  readonly slices: readonly Slice[]
  /** One for each slice, or why the part failed. */
  readonly result: readonly Output[] | { readonly error: unknown }
}

interface Bisecting<Slice, Output> {
  readonly run: (slices: readonly Slice[]) => Promise<readonly Output[]>
  /** Asked before each further run: somebody still waits for this slice. */
  readonly isWanted: (slice: Slice) => boolean
}

/**
 * Runs a failed batch again in halves, and halves of those that fail, so that one poisoned request fails alone.
 * Bounded: with `runs` spent, what is left fails with the error of its half.
 */
export async function bisect<Slice, Output>(
  slices: readonly Slice[],
  error: unknown,
  { run, isWanted }: Bisecting<Slice, Output>,
): Promise<{ parts: Part<Slice, Output>[]; runs: number }> {
  const most = 4 * Math.ceil(Math.log2(slices.length + 1))
  const parts: Part<Slice, Output>[] = []
  const failed = [{ slices, error }]
  let runs = 0
  for (let group = failed.pop(); group !== undefined; group = failed.pop()) {
    if (group.slices.length === 1 || runs >= most || !isRetryable(group.error)) {
      parts.push({ slices: group.slices, result: { error: group.error } })
      continue
    }
    const middle = Math.ceil(group.slices.length / 2)
    for (const part of [group.slices.slice(0, middle), group.slices.slice(middle)]) {
      const half = part.filter(isWanted)
      if (half.length === 0) continue
      runs++
      try {
        parts.push({ slices: half, result: await run(half) })
      } catch (cause) {
        failed.push({ slices: half, error: cause })
      }
    }
  }
  return { parts, runs }
}
