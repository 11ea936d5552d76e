import { toRowMajor } from './row-major.ts'
import { createTensor, sizeOf, viewBytes } from './tensor-ops.ts'
import type { DType, Tensor } from './tensor.ts'

/*
 * numpy's file of one array: a magic word, a version, a header in Python's words, and the elements.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
const magic = Buffer.from('\x93NUMPY', 'latin1')

const descriptions: readonly (readonly [description: string, dtype: DType])[] = [
  ['<f4', 'float32'],
  ['<f8', 'float64'],
  ['<f2', 'float16'],
  ['|i1', 'int8'],
  ['<i2', 'int16'],
  ['<i4', 'int32'],
  ['<i8', 'int64'],
  ['|u1', 'uint8'],
  ['<u2', 'uint16'],
  ['<u4', 'uint32'],
  ['<u8', 'uint64'],
  ['|b1', 'bool'],
]

export function isNpy(file: Buffer): boolean {
  return file.subarray(0, magic.length).equals(magic)
}

/**
 * The array of a file, its elements where they lie, unless they lie in another order than a tensor's; or what is wrong
 * with it.
 */
export function parseNpy(file: Buffer): Tensor | string {
  const header = headerOf(file)
  if (header === undefined) return 'its header is not whole'
  const { text, end } = header
  const [, description = ''] = /'descr':\s*'([^']*)'/.exec(text) ?? []
  const dtype = descriptions.find(([name]) => name === description.replace('>', '<'))?.[1]
  if (dtype === undefined) return `its dtype "${description.slice(0, 20)}" is not supported`
  const shape = shapeOf(text)
  if (shape === undefined) return 'its shape is not one'
  const elements = inOrder(file.subarray(end), { description, shape, text })
  const data = elements && viewBytes(dtype, elements)
  return data ? createTensor(dtype, shape, data) : 'its size does not fit its shape'
}

interface Layout {
  readonly description: string
  readonly shape: readonly number[]
  readonly text: string
}

/** Row by row and little-endian; undefined where there are not as many elements as the shape says. */
function inOrder(bytes: Buffer, { description, shape, text }: Layout): Uint8Array | undefined {
  const width = Number(description.at(-1))
  if (bytes.length !== sizeOf(shape) * width) return undefined
  const little = description.startsWith('>') ? swapBytes(bytes, width) : bytes
  const isByColumn = shape.length > 1 && /'fortran_order':\s*True/.test(text)
  return isByColumn ? toRowMajor(little, width, shape) : little
}

function swapBytes(elements: Buffer, width: number): Buffer {
  const own = Buffer.from(elements)
  if (width === 2) return own.swap16()
  return width === 4 ? own.swap32() : own.swap64()
}

function headerOf(file: Buffer): { text: string; end: number } | undefined {
  if (file.length < 12) return undefined
  const isFirst = file[6] === 1
  const start = isFirst ? 10 : 12
  const end = start + (isFirst ? file.readUInt16LE(8) : file.readUInt32LE(8))
  return end > file.length ? undefined : { text: file.toString('latin1', start, end), end }
}

function shapeOf(header: string): number[] | undefined {
  const [, list] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? []
  const lengths = list
    ?.split(',')
    .filter((length) => length.trim() !== '')
    .map(Number)
  return lengths?.every(Number.isSafeInteger) ? lengths : undefined
}

/** Undefined for strings, which have no such file. */
export function renderNpy(tensor: Tensor): Buffer | undefined {
  const description = descriptions.find(([, dtype]) => dtype === tensor.dtype)?.[0]
  if (description === undefined || Array.isArray(tensor.data)) return undefined
  const { buffer, byteOffset, byteLength } = tensor.data
  return Buffer.concat([
    renderHeader(description, tensor.shape),
    Buffer.from(buffer, byteOffset, byteLength),
  ])
}

function renderHeader(description: string, shape: readonly number[]): Buffer {
  const tuple = shape.map((length) => `${length},`).join(' ')
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': (${tuple}), }`
  // The elements begin at a multiple of 64, so that whoever maps the file finds them aligned.
  const padding = 64 - ((10 + text.length + 1) % 64)
  const header = Buffer.from(`${text}${' '.repeat(padding % 64)}\n`, 'latin1')
  const start = Buffer.from([1, 0, 0, 0])
  start.writeUInt16LE(header.length, 2)
  return Buffer.concat([magic, start, header])
}
