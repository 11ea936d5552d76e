import { allocate, createTensor, isTensor, isTypedArray } from '../lib/tensor-ops.ts'
import { readTensor } from '../lib/tensor-read.ts'
import type { Tensor, TensorMap, ValueInfo } from '../lib/tensor.ts'

/*
 * Rows as objects, for models whose columns have names: those of one input's last axis, or each an input of its own, as
 * pipelines over a data frame have them. Every column must be there, so that a misspelt one is found; null is a missing
 * value.
 */

type Row = Readonly<Record<string, unknown>>

export function isRecordList(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && isRecord(value[0])
}

function isRecord(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false
  return !(Array.isArray(value) || isTypedArray(value) || isTensor(value))
}

/** The rows that were given for the whole model, or undefined where its inputs were given by name. */
export function toRecords(
  given: unknown,
  wanted: readonly ValueInfo[],
): readonly Row[] | undefined {
  if (isRecordList(given)) return given
  const [only] = wanted
  if (!isRecord(given) || wanted.length !== 1 || !only?.columns) return undefined
  return Object.hasOwn(given, only.name) ? undefined : [given]
}

/** All inputs from the same rows. */
export function readRecords(
  rows: readonly Row[],
  wanted: readonly ValueInfo[],
): { readonly feeds: TensorMap; readonly problems: readonly string[] } {
  const [only] = wanted
  const isWhole = wanted.length === 1 && only?.columns !== undefined
  const names = isWhole ? (only?.columns ?? []) : wanted.map(({ name }) => name)
  const wrong = findWrongKey(rows, names.map(String))
  if (wrong !== undefined) return { feeds: {}, problems: [wrong] }
  const problems: string[] = []
  const feeds: Record<string, Tensor> = {}
  for (const info of wanted) {
    const read = isWhole ? fillColumns(rows, info) : readColumn(rows, info)
    if (typeof read === 'string') problems.push(`"${info.name}" ${read}`)
    else feeds[info.name] = read
  }
  return { feeds, problems }
}

/** One input from rows, or what is wrong in the words that follow its name. */
export function readColumns(rows: readonly Row[], info: ValueInfo): Tensor | string {
  if (!info.columns) return 'has no names for its columns: give it rows as arrays'
  return findWrongKey(rows, info.columns.map(String)) ?? fillColumns(rows, info)
}

function findWrongKey(rows: readonly Row[], names: readonly string[]): string | undefined {
  const known = new Set(names)
  for (const [at, row] of rows.entries()) {
    if (!isRecord(row)) return `row ${at} is not an object as the others`
    for (const name of names) if (!Object.hasOwn(row, name)) return `row ${at} lacks "${name}"`
    for (const key in row) if (!known.has(key)) return `row ${at} has "${key}", which is no column`
  }
  return undefined
}

function fillColumns(rows: readonly Row[], { columns = [], dtype }: ValueInfo): Tensor | string {
  const names = columns.map(String)
  const shape = [rows.length, names.length]
  const isFloat = dtype === 'float32' || dtype === 'float64'
  if (!isFloat) return readCells(rows, names, { dtype, shape })
  const data = allocate(dtype, rows.length * names.length)
  let at = 0
  for (const [index, row] of rows.entries()) {
    for (const name of names) {
      const value = row[name]
      if (typeof value === 'number') data[at] = value
      else if (value === null || value === undefined) data[at] = NaN
      else if (typeof value === 'boolean') data[at] = Number(value)
      else return `takes numbers, and row ${index} has ${JSON.stringify(value)} for "${name}"`
      at += 1
    }
  }
  return createTensor(dtype, shape, data)
}

type CellShape = Pick<Tensor, 'dtype' | 'shape'>

function readCells(
  rows: readonly Row[],
  names: readonly string[],
  pattern: CellShape,
): Tensor | string {
  const { tensor, problem } = readTensor(
    rows.map((row) => names.map((name) => row[name])),
    pattern,
  )
  if (tensor) return tensor
  const [row = 0, column = 0] = problem.path
  return `at row ${row}, "${names[column]}": ${problem.message}`
}

/** A column that is an input of its own: `[rows]`, or `[rows, 1]` as converters write it. */
function readColumn(rows: readonly Row[], { name, dtype, shape }: ValueInfo): Tensor | string {
  const cells = rows.map((row) => row[name])
  const isFloat = dtype === 'float32' || dtype === 'float64'
  const values = isFloat ? cells.map((cell) => cell ?? NaN) : cells
  const { tensor, problem } = readTensor(values, { dtype, shape: [rows.length] })
  if (!tensor) return `at row ${problem.path[0] ?? 0}: ${problem.message}`
  return shape.length === 2 ? createTensor(dtype, [rows.length, 1], tensor.data) : tensor
}
