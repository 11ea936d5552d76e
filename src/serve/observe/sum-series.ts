import type { SeriesValues } from './counter-file.ts'
import { seriesKinds } from './recorder.ts'
import { combineUser, userDefinition } from './user-series.ts'

/** What several workers, or one and its successor, have counted together, by kind and labels. */
export function sumSeries(parts: readonly (readonly SeriesValues[])[]): SeriesValues[] {
  const sums = new Map<string, SeriesValues>()
  for (const part of parts) {
    for (const series of part) {
      const id = JSON.stringify([series.kind, series.labels])
      const known = sums.get(id)
      sums.set(id, known ? combine(known, series) : series)
    }
  }
  return [...sums.values()]
}

function combine(a: SeriesValues, b: SeriesValues): SeriesValues {
  const definition = userDefinition(a.kind)
  const values = definition ? combineUser(definition, a.values, b.values) : add(a.values, b.values)
  return { ...a, values }
}

function add(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value + (b[index] ?? 0))
}

const gauges = new Set<string>([seriesKinds.inProgress, seriesKinds.lag, seriesKinds.memory])

/** False for what a worker that is gone has no more of. */
export function outlives({ kind }: SeriesValues): boolean {
  const definition = userDefinition(kind)
  if (definition?.type === 'gauge') return definition.aggregate === 'last'
  return !gauges.has(kind)
}
