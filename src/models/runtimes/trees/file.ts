import { BentoError } from '../../../errors.ts'
import { checkModel } from './check.ts'
import type { TreesModel } from './model.ts'

/*
 * The stored form of tree models, `model.trees`:
 *
 *   8 bytes   "bentotre"
 *   4 bytes   version of this form, little-endian as all that follows: 2 with categories, which older readers have
 *             not, else 1
 *   4 bytes   length of the header
 *   header    JSON: { kind, header: TreesHeader, arrays: [{ name, type, length }, …] }
 *   arrays    in that order, each from the next multiple of 8 bytes on
 *
 * Which arrays a model has follows from its kind: see model.ts.
 */

const magic = 'bentotre'
const plainVersion = 1
const categoryVersion = 2
const versions = new Set([plainVersion, categoryVersion])
const headStart = 16

const arrayTypes = { Int32Array, Uint32Array, Float64Array, Uint8Array }
type TypeName = keyof typeof arrayTypes
type NumberArray = Int32Array | Uint32Array | Float64Array | Uint8Array

/** Which arrays each kind of model has, and of what type. */
const layouts: Readonly<Record<TreesModel['kind'], Readonly<Record<string, TypeName>>>> = {
  forest: {
    roots: 'Int32Array',
    groups: 'Int32Array',
    features: 'Int32Array',
    thresholds: 'Float64Array',
    lefts: 'Int32Array',
    rights: 'Int32Array',
    kinds: 'Uint8Array',
    leaves: 'Float64Array',
    setStarts: 'Int32Array',
    setWords: 'Uint32Array',
    termStarts: 'Int32Array',
    termFeatures: 'Int32Array',
    termFactors: 'Float64Array',
    leafConstants: 'Float64Array',
  },
  oblivious: {
    levelStarts: 'Int32Array',
    features: 'Int32Array',
    borders: 'Float64Array',
    missingBits: 'Uint8Array',
    leafStarts: 'Int32Array',
    leaves: 'Float64Array',
  },
  linear: { weights: 'Float64Array' },
}

/** Throws a plain Error for a model that could not be walked. */
export function encodeTrees(model: TreesModel): Uint8Array {
  checkModel(model)
  const { kind, header, arrays } = model
  const named = new Map<string, NumberArray>(Object.entries(arrays))
  const listed = [...named].map(([name, array]) => ({
    name,
    type: layouts[kind][name],
    length: array.length,
  }))
  const head = Buffer.from(JSON.stringify({ kind, header, arrays: listed }))
  const preamble = Buffer.alloc(headStart)
  preamble.write(magic, 'latin1')
  preamble.writeUInt32LE(header.categories ? categoryVersion : plainVersion, 8)
  preamble.writeUInt32LE(head.length, 12)
  const parts: Uint8Array[] = [preamble, head, padding(headStart + head.length)]
  for (const { buffer, byteOffset, byteLength } of named.values()) {
    parts.push(new Uint8Array(buffer, byteOffset, byteLength), padding(byteLength))
  }
  return Buffer.concat(parts)
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 7)
}

/** Throws MODEL_LOAD_FAILED for anything that `encodeTrees` did not write. */
export function decodeTrees(bytes: Uint8Array, file: string): TreesModel {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (view.subarray(0, 8).toString('latin1') !== magic) throw new Error('it has another head')
    const found = view.readUInt32LE(8)
    if (!versions.has(found)) throw new Error(`its form has version ${found}`)
    return readParts(view)
  } catch (error) {
    throw new BentoError('MODEL_LOAD_FAILED', `"${file}" is not a tree model of bento`, {
      hint: 'Import the model again with this version of bento.',
      cause: error,
    })
  }
}

interface Head {
  readonly kind: TreesModel['kind']
  readonly header: TreesModel['header']
  readonly arrays: readonly { readonly name: string; readonly length: number }[]
}

function readParts(view: Buffer): TreesModel {
  const headEnd = headStart + view.readUInt32LE(12)
  const head: unknown = JSON.parse(view.subarray(headStart, headEnd).toString())
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because checkModel looks at all that a walk relies on
  const { kind, header, arrays: listed } = head as Head
  const layout = layouts[kind]
  const arrays: Record<string, NumberArray> = {}
  let at = headEnd + (-headEnd & 7)
  for (const { name, length } of listed) {
    const type = layout[name]
    if (type === undefined) throw new Error(`it has an array "${name}"`)
    const size = length * arrayTypes[type].BYTES_PER_ELEMENT
    if (!(size >= 0 && at + size <= view.length)) throw new Error('it ends too early')
    arrays[name] = copyOf(view, at, { type, length })
    at += size + (-size & 7)
  }
  for (const name in layout) if (!arrays[name]) throw new Error(`it has no array "${name}"`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the arrays were made by the layout of this kind
  const model = { kind, header, arrays } as unknown as TreesModel
  checkModel(model)
  return model
}

/** A copy starts at a multiple of 8 whatever the buffer's own place is. */
function copyOf(
  view: Buffer,
  at: number,
  { type, length }: { readonly type: TypeName; readonly length: number },
): NumberArray {
  const array = new arrayTypes[type](length)
  new Uint8Array(array.buffer).set(view.subarray(at, at + array.byteLength))
  return array
}
