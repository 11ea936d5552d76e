import { byCodeUnit } from '../../lib/order.ts'
import { listAt, numberAt, textAt, valueAt } from '../../lib/records.ts'

/** Percent by revision. */
export type Shares = Readonly<Record<string, number>>

export function sharesOf(app: unknown): Shares {
  const weights = listAt(app, 'properties', 'configuration', 'ingress', 'traffic')
  const latest = textAt(app, 'properties', 'latestRevisionName') ?? ''
  const shares = weights.map((one): readonly [string, number] => {
    const isLatest = valueAt(one, 'latestRevision') === true
    return [isLatest ? latest : (textAt(one, 'revisionName') ?? ''), numberAt(one, 'weight') ?? 0]
  })
  return Object.fromEntries(shares.filter(([, weight]) => weight > 0))
}

/** The revision that has most of the traffic. */
export function liveRevision(app: unknown): string {
  const [most] = Object.entries(sharesOf(app)).toSorted(([, a], [, b]) => b - a)
  return most?.[0] ?? textAt(app, 'properties', 'latestRevisionName') ?? ''
}

/** `percent` for the newest; the rest for the one that has most of the others' share. */
export function splitBetween(newest: string, percent: number, before: Shares): Shares {
  const others = Object.entries(before).filter(([name]) => name !== newest)
  const [stable] = others.toSorted(([, a], [, b]) => b - a)
  if (percent === 100 || stable === undefined) return { [newest]: 100 }
  return { [stable[0]]: 100 - percent, ...(percent > 0 && { [newest]: percent }) }
}

/** As Azure writes it; `newest` is named by its place where it may not be there yet. */
export function renderTraffic(shares: Shares, newest?: string): readonly object[] {
  return Object.entries(shares).map(([revisionName, weight]) =>
    revisionName === newest ? { latestRevision: true, weight } : { revisionName, weight },
  )
}

export function isSameShare(a: Shares, b: Shares): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/** For people. */
export function textOf(shares: Shares): readonly string[] {
  const sorted = Object.entries(shares).toSorted(([a], [b]) => byCodeUnit(a, b))
  return sorted.map(([revision, percent]) => `${percent} % to ${revision}`)
}
