import { toNested } from './tensor-json.ts'
import type { DType, Tensor, TensorData } from './tensor.ts'

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<Exclude<DType, 'string'>, unknown>

/** A tensor that JSON.stringify writes as nested arrays, wherever in an answer it stands. */
class NestedTensor implements Tensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TensorData

  constructor(dtype: DType, shape: readonly number[], data: TensorData) {
    this.dtype = dtype
    this.shape = shape
    this.data = data
  }

  toJSON(): unknown {
    return toNested(this)
  }
}

export function createTensor(dtype: DType, shape: readonly number[], data: TensorData): Tensor {
  return new NestedTensor(dtype, shape, data)
}

export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false
  if (!('dtype' in value) || !('shape' in value) || !('data' in value)) return false
  if (typeof value.dtype !== 'string' || !Array.isArray(value.shape)) return false
  return Array.isArray(value.data) || isTypedArray(value.data)
}

/** Any typed array; a DataView is none. */
export function isTypedArray(value: unknown): value is Exclude<TensorData, string[]> {
  return ArrayBuffer.isView(value) && 'length' in value
}

/** True when `data` is how elements of `dtype` are kept. */
export function holds(dtype: DType, data: unknown): data is TensorData {
  if (dtype === 'string') return isStrings(data)
  return data instanceof constructors[dtype]
}

function isStrings(data: unknown): data is string[] {
  return Array.isArray(data) && data.every((item) => typeof item === 'string')
}

export function allocate(dtype: DType, size: number): TensorData {
  if (dtype === 'string') return Array.from<string>({ length: size }).fill('')
  return new constructors[dtype](size)
}

/** Elements of `dtype` where they lie, little-endian; undefined when these bytes are no whole number of them. */
export function viewBytes(dtype: DType, bytes: Uint8Array): TensorData | undefined {
  if (dtype === 'string') return undefined
  const View = constructors[dtype]
  const { buffer, byteOffset, byteLength } = bytes
  if (byteLength % View.BYTES_PER_ELEMENT !== 0) return undefined
  const length = byteLength / View.BYTES_PER_ELEMENT
  const isAligned = byteOffset % View.BYTES_PER_ELEMENT === 0
  if (!isAligned) return new View(Uint8Array.from(bytes).buffer)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because no body lies in shared memory
  return new View(buffer as ArrayBuffer, byteOffset, length)
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (const length of shape) size *= length
  return size
}

/** Rows `from` up to `to`. A part is a copy: whoever is given it may give its buffer away. All rows are the tensor. */
export function sliceRows(tensor: Tensor, from: number, to: number): Tensor {
  const [rows, ...trailing] = tensor.shape
  if (from === 0 && to === rows) return tensor
  const width = sizeOf(trailing)
  const data = tensor.data.slice(from * width, to * width)
  return createTensor(tensor.dtype, [to - from, ...trailing], data)
}

/** Tensors with the same `rowKey`, one after the other. */
export function concatRows(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors
  if (first === undefined) throw new RangeError('No tensors to join')
  let rows = 0
  for (const tensor of tensors) rows += tensor.shape[0] ?? 0
  const data = concatData(
    first.dtype,
    tensors.map((tensor) => tensor.data),
  )
  return createTensor(first.dtype, [rows, ...first.shape.slice(1)], data)
}

export function concatData(dtype: DType, parts: readonly TensorData[]): TensorData {
  let length = 0
  for (const part of parts) length += part.length
  const joined = allocate(dtype, length)
  if (Array.isArray(joined)) return parts.flatMap((part) => (Array.isArray(part) ? part : []))
  const bytes = bytesOf(joined)
  let at = 0
  for (const part of parts) {
    if (Array.isArray(part)) continue
    bytes.set(bytesOf(part), at)
    at += part.byteLength
  }
  return joined
}

function bytesOf(data: Exclude<TensorData, string[]>): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

// What a service gets has one kind of row, nearly always: its key is made once.
let last = { dtype: '', shape: [] as readonly number[], key: '' }

/** Tensors with the same key can be joined along their first axis. */
export function rowKey({ dtype, shape }: Tensor): string {
  if (dtype === last.dtype && haveSameRows(shape, last.shape)) return last.key
  last = { dtype, shape: [...shape], key: [dtype, ...shape.slice(1)].join(',') }
  return last.key
}

function haveSameRows(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let axis = 1; axis < a.length; axis += 1) if (a[axis] !== b[axis]) return false
  return true
}
