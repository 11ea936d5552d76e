import { allocate, createTensor, isTensor, isTypedArray } from '../lib/tensor-ops.ts'
import { readTensor } from '../lib/tensor-read.ts'
import type { TensorProblem, TensorResult } from '../lib/tensor-read.ts'
import type { Tensor, TensorMap, ValueInfo } from '../lib/tensor.ts'

/*
 * Rows as objects, for models whose columns have names: those of one input's last axis, or each an input of its own, as
 * pipelines over a data frame have them. Every column must be there, so that a misspelt one is found; null is a missing
 * value.
 */

export type Row = Readonly<Record<string, unknown>>

export type RowsResult =
  | { readonly feeds: TensorMap; readonly problem?: undefined }
  | { readonly feeds?: undefined; readonly problem: TensorProblem }

export function isRowList(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && isRow(value[0])
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false
  return !(Array.isArray(value) || isTypedArray(value) || isTensor(value))
}

/** The rows that were given for the whole model, or undefined where its inputs were given by name. */
export function toRows(given: unknown, wanted: readonly ValueInfo[]): readonly Row[] | undefined {
  if (isRowList(given)) return given
  if (areColumns(wanted) && isCellRows(given)) return given.map((cells) => byPlace(cells, wanted))
  const [only] = wanted
  if (!isRow(given) || wanted.length !== 1 || !only?.columns) return undefined
  return Object.hasOwn(given, only.name) ? undefined : [given]
}

/** Whether inputs are a column each, as those of a model over a data frame. */
export function areColumns(inputs: readonly ValueInfo[]): boolean {
  const isTable = inputs.length > 1 || inputs[0]?.category === true
  return isTable && inputs.every(isColumn)
}

function isColumn({ shape }: ValueInfo): boolean {
  return shape[0] === null && (shape.length === 1 || (shape.length === 2 && shape[1] === 1))
}

/** Rows as lists: their order is that of the columns. */
function isCellRows(given: unknown): given is readonly (readonly unknown[])[] {
  return Array.isArray(given) && given.length > 0 && given.every((cells) => Array.isArray(cells))
}

/** What is too much becomes a column that the model has not, under the number of its place. */
function byPlace(cells: readonly unknown[], wanted: readonly ValueInfo[]): Row {
  return Object.fromEntries(cells.map((cell, place) => [wanted[place]?.name ?? place, cell]))
}

/** All inputs from the same rows. */
export function readRows(rows: readonly Row[], wanted: readonly ValueInfo[]): RowsResult {
  const [only] = wanted
  if (only && wanted.length === 1 && only.columns) {
    const { tensor, problem } = readColumns(rows, only)
    return tensor ? { feeds: { [only.name]: tensor } } : { problem }
  }
  return readEachColumn(rows, wanted)
}

/** One input from rows. */
export function readColumns(rows: readonly Row[], info: ValueInfo): TensorResult {
  if (!info.columns) {
    return { problem: { type: 'list_type', message: 'its columns have no names', path: [0] } }
  }
  const names = info.columns.map(String)
  const problem = findWrongKey(rows, names)
  if (problem) return { problem }
  return mayMiss(info) ? fillFloats(rows, names, info) : readCells(rows, names, info)
}

function readEachColumn(rows: readonly Row[], wanted: readonly ValueInfo[]): RowsResult {
  const wrong = findWrongKey(
    rows,
    wanted.map(({ name }) => name),
  )
  if (wrong) return { problem: wrong }
  const feeds: Record<string, Tensor> = {}
  for (const info of wanted) {
    const { tensor, problem } = readColumn(rows, info)
    if (problem) return { problem: { ...problem, path: [...problem.path.slice(0, 1), info.name] } }
    feeds[info.name] = tensor
  }
  return { feeds }
}

function findWrongKey(rows: readonly Row[], names: readonly string[]): TensorProblem | undefined {
  const known = new Set(names)
  for (const [at, row] of rows.entries()) {
    if (!isRow(row)) return { type: 'dict_type', message: 'Input should be an object', path: [at] }
    for (const name of names) {
      if (Object.hasOwn(row, name)) continue
      return { type: 'missing', message: 'Field required', path: [at, name] }
    }
    for (const key in row) {
      if (known.has(key)) continue
      return { type: 'extra_forbidden', message: 'The model has no such column', path: [at, key] }
    }
  }
  return undefined
}

/** Only these have a word for what is missing. */
export function mayMiss({ dtype }: Pick<ValueInfo, 'dtype'>): boolean {
  return dtype === 'float32' || dtype === 'float64'
}

/** Hot: services get most of their rows so. */
function fillFloats(rows: readonly Row[], names: readonly string[], info: ValueInfo): TensorResult {
  const data = allocate(info.dtype, rows.length * names.length)
  let at = 0
  for (const [index, row] of rows.entries()) {
    for (const name of names) {
      const value = numberOf(row[name])
      if (value === undefined) return notANumber(row[name], [index, name])
      data[at] = value
      at += 1
    }
  }
  return { tensor: createTensor(info.dtype, [rows.length, names.length], data) }
}

function numberOf(cell: unknown): number | undefined {
  if (typeof cell === 'number') return cell
  if (cell === null || cell === undefined) return NaN
  return typeof cell === 'boolean' ? Number(cell) : undefined
}

function notANumber(cell: unknown, path: readonly (number | string)[]): TensorResult {
  const type = typeof cell === 'string' ? 'float_parsing' : 'float_type'
  return { problem: { type, message: 'Input should be a valid number or null', path } }
}

function readCells(
  rows: readonly Row[],
  names: readonly string[],
  { dtype }: ValueInfo,
): TensorResult {
  const cells = rows.map((row) => names.map((name) => row[name]))
  const result = readTensor(cells, { dtype, shape: [rows.length, names.length] })
  const { problem } = result
  if (!problem) return result
  const [row = 0, column = 0] = problem.path
  return { problem: { ...problem, path: [row, names[Number(column)] ?? column] } }
}

/** A column that is an input of its own: `[rows]`, or `[rows, 1]` as converters write it. */
function readColumn(rows: readonly Row[], info: ValueInfo): TensorResult {
  const { name, dtype, shape } = info
  const cells = rows.map((row) => cellOf(row[name], info))
  const result = readTensor(cells, { dtype, shape: [rows.length] })
  if (result.problem || shape.length !== 2) return result
  return { tensor: createTensor(dtype, [rows.length, 1], result.tensor.data) }
}

function cellOf(cell: unknown, info: ValueInfo): unknown {
  if (mayMiss(info)) return numberOf(cell) ?? cell
  return info.category ? wordOf(cell) : cell
}

/** As CatBoost has it: an integer is the category of its decimal digits, and a boolean is one or zero. */
export function wordOf(cell: unknown): unknown {
  if (typeof cell === 'boolean') return cell ? '1' : '0'
  return typeof cell === 'bigint' || Number.isSafeInteger(cell) ? String(cell) : cell
}
