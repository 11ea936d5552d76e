import { isObject } from './schema.ts'

/** How a JSON value is best shown. */
export type View =
  | { readonly type: 'scalar'; readonly text: string }
  | { readonly type: 'bars'; readonly charts: readonly (readonly Bar[])[] }
  | {
      readonly type: 'table'
      readonly columns: readonly string[]
      readonly rows: readonly (readonly unknown[])[]
    }
  | { readonly type: 'json' }

export interface Bar {
  readonly name: string
  readonly share: number
}

const mostColumns = 64

export function viewOf(value: unknown): View {
  if (typeof value !== 'object' || value === null) return { type: 'scalar', text: String(value) }
  const charts = (Array.isArray(value) ? value : [value]).map(barsOf)
  if (charts.length > 0 && charts.every((chart) => chart !== undefined)) {
    return { type: 'bars', charts }
  }
  return tableOf(value) ?? { type: 'json' }
}

/** Undefined unless each class has a probability. */
function barsOf(value: unknown): readonly Bar[] | undefined {
  if (!isObject(value)) return undefined
  const entries = Object.entries(value)
  if (entries.length < 2) return undefined
  let sum = 0
  const bars: Bar[] = []
  for (const [name, share] of entries) {
    if (typeof share !== 'number' || share < 0 || share > 1) return undefined
    sum += share
    bars.push({ name, share })
  }
  // What a model rounds may miss 1 by a little; what is cut to the best few misses it by much.
  return sum > 1.01 || sum === 0 ? undefined : bars.toSorted((a, b) => b.share - a.share)
}

function tableOf(value: object): View | undefined {
  if (!Array.isArray(value)) return columnsTable(value)
  const rows: readonly unknown[] = value
  if (rows.length === 0) return undefined
  if (rows.every(isObject)) return recordsTable(rows)
  return rows.every((row) => Array.isArray(row)) ? matrixTable(rows) : listTable(rows)
}

function recordsTable(rows: readonly Readonly<Record<string, unknown>>[]): View | undefined {
  const columns = [...new Set(rows.flatMap(Object.keys))]
  if (columns.length === 0 || columns.length > mostColumns) return undefined
  return { type: 'table', columns, rows: rows.map((row) => columns.map((name) => row[name])) }
}

/** By columns, as pandas may have it. */
function columnsTable(value: object): View | undefined {
  const columns: readonly (readonly [string, unknown])[] = Object.entries(value)
  const lists = columns.map(([, list]) => (Array.isArray(list) ? (list as unknown[]) : undefined))
  const length = lists[0]?.length ?? 0
  const isTable = length > 0 && lists.every((list) => list?.length === length)
  if (!isTable || columns.length < 2) return undefined
  const rows = Array.from({ length }, (_, index) => lists.map((list) => list?.[index]))
  return { type: 'table', columns: columns.map(([name]) => name), rows }
}

function matrixTable(rows: readonly (readonly unknown[])[]): View | undefined {
  const width = Math.max(...rows.map((row) => row.length))
  const isFlat = rows.every((row) => row.every(isScalar))
  if (!isFlat || width === 0 || width > mostColumns) return undefined
  return { type: 'table', columns: Array.from({ length: width }, (_, at) => String(at)), rows }
}

function listTable(rows: readonly unknown[]): View | undefined {
  if (!rows.every(isScalar)) return undefined
  return { type: 'table', columns: ['value'], rows: rows.map((value) => [value]) }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

/** As a cell of a table. */
export function cellText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
