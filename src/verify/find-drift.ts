import type { Tolerance } from './golden.ts'

/** A place where an answer is not what it was. */
export interface Drift {
  /** As `probabilities[0][1]`; empty for the whole answer. */
  readonly at: string
  readonly was: unknown
  readonly is: unknown
}

/** Every place where `is` differs from `was` by more than numbers may. */
export function findDrift(was: unknown, is: unknown, tolerance: Tolerance): Drift[] {
  return driftAt({ at: '', was, is }, tolerance)
}

function driftAt({ at, was, is }: Drift, tolerance: Tolerance): Drift[] {
  if (isNear(was, is, tolerance)) return []
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
    return was.flatMap((item: unknown, index) =>
      driftAt({ at: `${at}[${index}]`, was: item, is: is[index] }, tolerance),
    )
  }
  if (!isMap(was) || !isMap(is)) return [{ at, was, is }]
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return keys.flatMap((key) =>
    driftAt({ at: at === '' ? key : `${at}.${key}`, was: was[key], is: is[key] }, tolerance),
  )
}

function isNear(was: unknown, is: unknown, { absolute, relative }: Tolerance): boolean {
  if (Object.is(was, is)) return true
  if (typeof was !== 'number' || typeof is !== 'number') return false
  return Math.abs(was - is) <= Math.max(absolute, relative * Math.abs(was))
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** For a person. */
export function renderDrift({ at, was, is }: Drift): string {
  const place = at === '' ? 'the answer' : at
  if (is === undefined) return `${place} was ${shorten(was)}, and is gone`
  if (was === undefined) return `${place} is new: ${shorten(is)}`
  return `${place} was ${shorten(was)}, is ${shorten(is)}`
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
