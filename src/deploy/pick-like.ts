import { isRecord } from '../lib/records.ts'

/**
 * Of `live` what `wanted` speaks of too: vendors add defaults, which are no drift. Items of lists meet by place;
 * an empty list may come back as nothing.
 */
export function pickLike(live: unknown, wanted: unknown): unknown {
  if (isEmptyList(wanted) && (live === undefined || live === null)) return []
  if (Array.isArray(live) && Array.isArray(wanted)) {
    return live.map((one: unknown, at) => (at in wanted ? pickLike(one, wanted[at]) : one))
  }
  if (!isRecord(live) || !isRecord(wanted)) return live
  const keys = Object.keys(wanted).filter(
    (key) => Object.hasOwn(live, key) || isEmptyList(wanted[key]),
  )
  return Object.fromEntries(keys.map((key) => [key, pickLike(live[key], wanted[key])]))
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
