import { floatText } from './float-text.ts'
import { fromHalfBits } from './float16.ts'
import type { DType, Tensor, TensorData } from './tensor.ts'

/** Nested arrays of JSON values: booleans for `bool`, numbers for the rest, whole digits for wide integers. */
export function toNested(tensor: Tensor): unknown {
  const read = elementReader(tensor.dtype)
  const cursor = { at: 0 }
  return nest(tensor, read, { depth: 0, cursor })
}

interface Place {
  readonly depth: number
  readonly cursor: { at: number }
}

function nest(tensor: Tensor, read: ElementReader, { depth, cursor }: Place): unknown {
  const { data, shape } = tensor
  if (depth === shape.length) return read(data[cursor.at++])
  const length = shape[depth] ?? 0
  const items: unknown[] = []
  if (depth === shape.length - 1) {
    for (let i = 0; i < length; i += 1) items.push(read(data[cursor.at++]))
    return items
  }
  for (let i = 0; i < length; i += 1) items.push(nest(tensor, read, { depth: depth + 1, cursor }))
  return items
}

type ElementReader = (element: number | bigint | string | undefined) => unknown

/** How an element of `dtype` looks as a JSON value. */
export function elementReader(dtype: DType): ElementReader {
  if (dtype === 'bool') return (element) => element !== 0
  if (dtype === 'float16') return (element) => fromHalfBits(Number(element))
  if (dtype === 'int64' || dtype === 'uint64') return exactInteger
  return (element) => element
}

/**
 * JSON text of a tensor, exact for integers of 64 bits, floats with a decimal point. NaN and the infinities are null,
 * or as Python writes them.
 */
export function toJson(tensor: Tensor, nonFinite: 'null' | 'token' = 'null'): string {
  const { dtype, shape, data } = tensor
  if (dtype === 'int64' || dtype === 'uint64') return toText(data, shape, String)
  if (!dtype.startsWith('float')) return JSON.stringify(toNested(tensor))
  if (data.length > fewElements && !hasSpecial(tensor)) return JSON.stringify(toNested(tensor))
  return toText(data, shape, floatWriter(dtype, nonFinite))
}

// JSON.stringify is faster only from about here.
const fewElements = 1000

/** Whether any element is one that JSON.stringify would not write as it should be: whole, or not finite. */
function hasSpecial({ dtype, data }: Tensor): boolean {
  if (dtype === 'float16' || Array.isArray(data)) return true
  for (let at = 0; at < data.length; at += 1) {
    const element = Number(data[at])
    if (Number.isInteger(element) || !Number.isFinite(element)) return true
  }
  return false
}

type Write = (element: number | bigint | string | undefined) => string

function floatWriter(dtype: DType, nonFinite: 'null' | 'token'): Write {
  const isHalf = dtype === 'float16'
  return (element) => {
    const value = isHalf ? fromHalfBits(Number(element)) : Number(element)
    if (Number.isFinite(value)) return floatText(value)
    return nonFinite === 'token' ? String(value) : 'null'
  }
}

function toText(data: TensorData, shape: readonly number[], write: Write): string {
  const cursor = { at: 0 }
  return nestText(data, shape, { write, depth: 0, cursor })
}

function nestText(
  data: TensorData,
  shape: readonly number[],
  place: Place & { readonly write: Write },
): string {
  const { write, depth, cursor } = place
  if (depth === shape.length) return write(data[cursor.at++])
  const length = shape[depth] ?? 0
  const inner = { write, depth: depth + 1, cursor }
  const isLast = depth === shape.length - 1
  let text = '['
  for (let i = 0; i < length; i += 1) {
    if (i > 0) text += ','
    text += isLast ? write(data[cursor.at++]) : nestText(data, shape, inner)
  }
  return `${text}]`
}

// Inside a larger answer an integer that a double cannot hold is written raw where Node can (22 on), else as digits.
function exactInteger(element: number | bigint | string | undefined): unknown {
  const near = Number(element)
  if (Number.isSafeInteger(near)) return near
  const raw: unknown = 'rawJSON' in JSON ? JSON.rawJSON : undefined
  const digits = String(element)
  return typeof raw === 'function' ? Reflect.apply(raw, JSON, [digits]) : digits
}
