import { isNumberData, writerFor } from './tensor-elements.ts'
import type { ElementWriter } from './tensor-elements.ts'
import { elementReader } from './tensor-json.ts'
import { allocate, createTensor, holds, isTensor, isTypedArray, sizeOf } from './tensor-ops.ts'
import type { DType, Tensor, TensorData } from './tensor.ts'

/** What a tensor must be. No shape: any. A null dimension: any length. */
export interface TensorPattern {
  readonly dtype: DType
  readonly shape?: readonly (number | null)[]
}

export interface TensorProblem {
  /** As pydantic names it. */
  readonly type: string
  readonly message: string
  /** Indices, and names where rows are objects. */
  readonly path: readonly (number | string)[]
}

export type TensorResult =
  | { readonly tensor: Tensor; readonly problem?: undefined }
  | { readonly tensor?: undefined; readonly problem: TensorProblem }

// A rank that no model has; bounds what a hostile body can make us walk.
const maxRank = 32

// An empty tensor says lengths that no bytes stand for: so many empty lists it may be as JSON.
const maxEmptyLists = 65_536

const tooManyDimensions = `Input should have at most ${maxRank} dimensions`

/**
 * Nested arrays, a typed array or a tensor to a tensor of this pattern, or the first thing that is wrong.
 * Hot: nested arrays are read once into one typed array, with no object per element.
 */
export function readTensor(value: unknown, pattern: TensorPattern): TensorResult {
  if (Array.isArray(value)) return readNested(value, pattern)
  if (isTypedArray(value)) return readFlat(value, pattern)
  if (isTensor(value)) return readWhole(value, pattern)
  const rank = pattern.shape?.length
  if (rank === 0 || (rank === undefined && typeof value !== 'object')) {
    return fillTensor([value], [], pattern.dtype)
  }
  return failure('list_type', 'Input should be a valid list', [])
}

/** As `float32[?, 4]`. */
export function formatPattern({ dtype, shape }: TensorPattern): string {
  return shape === undefined ? dtype : `${dtype}${formatShape(shape)}`
}

function formatShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((length) => length ?? '?').join(', ')}]`
}

function readNested(value: unknown[], pattern: TensorPattern): TensorResult {
  const shape = measure(value, pattern.shape)
  if (!Array.isArray(shape)) return shape
  if (pattern.shape !== undefined && !matches(shape, pattern.shape)) {
    return wrongShape(shape, pattern.shape)
  }
  // Before allocating: a ragged array could claim far more elements than it has.
  const ragged = findRagged(value, shape, 0)
  if (ragged) return { problem: ragged }
  return fillTensor(value, shape, pattern.dtype)
}

/** The shape, seen along the first elements. */
function measure(value: unknown[], wanted?: readonly (number | null)[]): number[] | TensorResult {
  const rank = wanted?.length ?? maxRank
  const shape: number[] = []
  let level: unknown = value
  while (Array.isArray(level) && shape.length < rank) {
    shape.push(level.length)
    if (level.length === 0) return [...shape, ...unseen(wanted, shape.length)]
    level = level[0]
  }
  if (wanted !== undefined) return shape.length === rank ? shape : notAList(shape.length)
  if (!Array.isArray(level)) return shape
  return failure('value_error', tooManyDimensions, [])
}

/** Lengths of the dimensions inside an empty one. */
function unseen(wanted: readonly (number | null)[] | undefined, from: number): number[] {
  return (wanted ?? []).slice(from).map((length) => length ?? 0)
}

function notAList(depth: number): TensorResult {
  return failure('list_type', 'Input should be a valid list', Array<number>(depth).fill(0))
}

function matches(shape: readonly number[], wanted: readonly (number | null)[]): boolean {
  if (shape.length !== wanted.length) return false
  return wanted.every((length, axis) => length === null || length === shape[axis])
}

function findRagged(
  level: readonly unknown[],
  shape: readonly number[],
  depth: number,
): TensorProblem | undefined {
  const length = shape[depth + 1]
  if (length === undefined) return undefined
  for (let i = 0; i < level.length; i += 1) {
    const row = level[i]
    if (!Array.isArray(row)) return problem('list_type', 'Input should be a valid list', [i])
    if (row.length !== length) {
      return problem('value_error', `Row has ${row.length} items where others have ${length}`, [i])
    }
    const inner = findRagged(row, shape, depth + 1)
    if (inner) return { ...inner, path: [i, ...inner.path] }
  }
  return undefined
}

function fillTensor(value: unknown[], shape: readonly number[], dtype: DType): TensorResult {
  const data = allocate(dtype, sizeOf(shape))
  const cursor = { writer: writerFor(dtype, data), at: 0 }
  const bad = fillRows(value, Math.max(shape.length - 1, 0), cursor)
  if (bad < 0) return { tensor: createTensor(dtype, shape, data) }
  const path = unravel(bad, shape)
  const element = path.reduce<unknown>(
    (level, i) => (Array.isArray(level) ? level[i] : level),
    shape.length === 0 ? value[0] : value,
  )
  return failure(cursor.writer.typeOf(element), cursor.writer.message, path)
}

interface Cursor {
  readonly writer: ElementWriter
  at: number
}

/** Flat index of the first element that does not fit, or -1. `depth`: levels above the rows of elements. */
function fillRows(level: readonly unknown[], depth: number, cursor: Cursor): number {
  if (depth === 0) {
    const bad = cursor.writer.write(level, cursor.at)
    cursor.at += level.length
    return bad
  }
  for (const row of level) {
    const bad = Array.isArray(row) ? fillRows(row, depth - 1, cursor) : cursor.at
    if (bad >= 0) return bad
  }
  return -1
}

function unravel(index: number, shape: readonly number[]): number[] {
  let rest = index
  return shape
    .toReversed()
    .map((length) => {
      const place = rest % length
      rest = Math.floor(rest / length)
      return place
    })
    .toReversed()
}

function readFlat(data: Exclude<TensorData, string[]>, pattern: TensorPattern): TensorResult {
  const shape = inferShape(data.length, pattern.shape)
  if (shape === undefined) {
    const wanted = formatShape(pattern.shape ?? [])
    return failure('value_error', `${data.length} items do not fill the shape ${wanted}`, [])
  }
  if (holds(pattern.dtype, data)) return keep(pattern.dtype, shape, data)
  return convert(Array.from<unknown>(data), shape, pattern.dtype)
}

/** Elements as they lie. What came as bytes need not be 0 or 1 where it should be. */
function keep(dtype: DType, shape: readonly number[], data: TensorData): TensorResult {
  const bad =
    data instanceof Uint8Array && dtype === 'bool' ? data.findIndex((byte) => byte > 1) : -1
  if (bad < 0) return { tensor: createTensor(dtype, shape, data) }
  return failure('bool_type', 'Input should be a valid boolean', unravel(bad, shape))
}

/** The one shape that `length` items can have under a pattern. */
function inferShape(length: number, wanted?: readonly (number | null)[]): number[] | undefined {
  if (wanted === undefined) return [length]
  const known = wanted.reduce<number>((size, n) => size * (n ?? 1), 1)
  const open = wanted.filter((n) => n === null).length
  const rest = length / known
  if (open === 0) return length === known ? wanted.map(Number) : undefined
  if (open > 1 || !Number.isInteger(rest)) return undefined
  return wanted.map((n) => n ?? rest)
}

function readWhole(tensor: Tensor, pattern: TensorPattern): TensorResult {
  const { dtype, shape, data } = tensor
  const wrong = findShapeProblem(shape, data.length)
  if (wrong !== undefined) return failure('value_error', wrong, [])
  if (pattern.shape !== undefined && !matches(shape, pattern.shape)) {
    return wrongShape(shape, pattern.shape)
  }
  if (dtype === pattern.dtype && holds(dtype, data)) return keep(dtype, shape, data)
  const floats = toFloats(tensor, pattern.dtype)
  if (floats) return { tensor: createTensor(pattern.dtype, shape, floats) }
  if (Array.isArray(data)) return convert(data, shape, pattern.dtype)
  return convert(
    Array.from<number | bigint, unknown>(data, elementReader(dtype)),
    shape,
    pattern.dtype,
  )
}

function findShapeProblem(shape: readonly number[], items: number): string | undefined {
  if (shape.length > maxRank) return tooManyDimensions
  const isSound = shape.every((length) => Number.isSafeInteger(length) && length >= 0)
  if (!isSound || sizeOf(shape) !== items) {
    return `${items} items do not fill the shape ${formatShape(shape)}`
  }
  const lists = items === 0 ? sizeOf(shape.slice(0, shape.indexOf(0))) : 0
  return lists > maxEmptyLists
    ? `The shape ${formatShape(shape)} is too long to be empty`
    : undefined
}

/** As numpy's own conversion: its arrays are float64 unless one says otherwise. */
function toFloats({ dtype, data }: Tensor, wanted: DType): TensorData | undefined {
  if (!isNumberData(data) || dtype === 'float16' || dtype === 'bool') return undefined
  if (wanted === 'float32') return new Float32Array(data)
  return wanted === 'float64' ? new Float64Array(data) : undefined
}

function convert(elements: unknown[], shape: readonly number[], dtype: DType): TensorResult {
  const result = fillTensor(elements, [elements.length], dtype)
  if (result.problem) {
    const { type, message, path } = result.problem
    return failure(type, message, unravel(Number(path[0]), shape))
  }
  return { tensor: createTensor(dtype, shape, result.tensor.data) }
}

function wrongShape(shape: readonly number[], wanted: readonly (number | null)[]): TensorResult {
  const message = `Input should have the shape ${formatShape(wanted)}, not ${formatShape(shape)}`
  return failure('value_error', message, [])
}

function failure(type: string, message: string, path: TensorProblem['path']): TensorResult {
  return { problem: problem(type, message, path) }
}

function problem(type: string, message: string, path: TensorProblem['path']): TensorProblem {
  return { type, message, path }
}
