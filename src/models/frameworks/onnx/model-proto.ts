import type { DType } from '../../../lib/tensor.ts'
import { integer, message, readFields, string } from './wire.ts'

/*
 * The part of ONNX that an import needs, by the field numbers of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

export interface OnnxModel {
  readonly irVersion: number
  readonly producer: string
  readonly producerVersion: string
  /** Version by operator set; the default set is `ai.onnx`. */
  readonly opsets: ReadonlyMap<string, number>
  readonly hasGraph: boolean
  /** Without those that have a default among the initializers. */
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  /** Files that hold tensors of any graph, function or attribute, as written. */
  readonly locations: ReadonlySet<string>
}

export interface OnnxValue {
  readonly name: string
  /** Absent when it is not a tensor, or of elements that bento has no type for. */
  readonly dtype?: DType
  /** A dimension that may vary is null; absent: even the rank may. */
  readonly shape?: readonly (number | null)[]
  /** In words, as `sequence(map(int64, float32))`. */
  readonly type: string
}

interface Graph {
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

/** ModelProto. Throws when the bytes are not protobuf or their fields have other types. */
export function readModelProto(bytes: Uint8Array): OnnxModel {
  const locations = new Set<string>()
  const opsets = new Map<string, number>()
  const head = { irVersion: 0, producer: '', producerVersion: '' }
  let graph: Graph | undefined
  const place: Place = { locations, depth: 0 }
  readFields(bytes, {
    1: integer((value) => (head.irVersion = value)),
    2: string((value) => (head.producer = value)),
    3: string((value) => (head.producerVersion = value)),
    7: message((value) => (graph = readGraph(value, place))),
    8: message((value) => readOpset(value, opsets)),
    20: message((value) => readTraining(value, place)),
    25: message((value) => readFunction(value, place)),
  })
  const { inputs = [], outputs = [] } = graph ?? {}
  return { ...head, opsets, hasGraph: graph !== undefined, inputs, outputs, locations }
}

/** Where the reading stands: what it collects, and how deep graphs hold graphs. */
interface Place {
  readonly locations: Set<string>
  readonly depth: number
}

function readOpset(bytes: Uint8Array, opsets: Map<string, number>): void {
  let domain = ''
  let version = 0
  readFields(bytes, {
    1: string((value) => (domain = value)),
    2: integer((value) => (version = value)),
  })
  opsets.set(domain || 'ai.onnx', version)
}

function readGraph(bytes: Uint8Array, { locations, depth }: Place): Graph {
  if (depth > 64) throw new Error('graphs are nested more than 64 deep')
  const place = { locations, depth: depth + 1 }
  const initializers = new Set<string>()
  const inputs: OnnxValue[] = []
  const outputs: OnnxValue[] = []
  readFields(bytes, {
    1: message((value) => readNode(value, place)),
    5: message((value) => initializers.add(readTensor(value, place))),
    11: message((value) => inputs.push(readValue(value))),
    12: message((value) => outputs.push(readValue(value))),
    15: message((value) => initializers.add(readSparse(value, place))),
  })
  return { inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs }
}

function readNode(bytes: Uint8Array, place: Place): void {
  readFields(bytes, { 5: message((value) => readAttribute(value, place)) })
}

function readFunction(bytes: Uint8Array, place: Place): void {
  readFields(bytes, {
    7: message((value) => readNode(value, place)),
    11: message((value) => readAttribute(value, place)),
  })
}

function readTraining(bytes: Uint8Array, place: Place): void {
  const graph = message((value) => readGraph(value, place))
  readFields(bytes, { 1: graph, 2: graph })
}

function readAttribute(bytes: Uint8Array, place: Place): void {
  const tensor = message((value) => readTensor(value, place))
  const graph = message((value) => readGraph(value, place))
  const sparse = message((value) => readSparse(value, place))
  readFields(bytes, { 5: tensor, 6: graph, 10: tensor, 11: graph, 22: sparse, 23: sparse })
}

/** SparseTensorProto is named by its values. */
function readSparse(bytes: Uint8Array, place: Place): string {
  let name = ''
  readFields(bytes, {
    1: message((value) => (name = readTensor(value, place))),
    2: message((value) => readTensor(value, place)),
  })
  return name
}

function readTensor(bytes: Uint8Array, { locations }: Place): string {
  let name = ''
  let isExternal = false
  const external = new Map<string, string>()
  readFields(bytes, {
    8: string((value) => (name = value)),
    13: message((value) => readEntry(value, external)),
    14: integer((value) => (isExternal = value === 1)),
  })
  if (isExternal) locations.add(external.get('location') ?? '')
  return name
}

function readEntry(bytes: Uint8Array, entries: Map<string, string>): void {
  let key = ''
  let content = ''
  readFields(bytes, {
    1: string((value) => (key = value)),
    2: string((value) => (content = value)),
  })
  entries.set(key, content)
}

function readValue(bytes: Uint8Array): OnnxValue {
  let name = ''
  let type: Omit<OnnxValue, 'name'> = { type: 'a value without a type' }
  readFields(bytes, {
    1: string((value) => (name = value)),
    2: message((value) => (type = readType(value, 0))),
  })
  return { name, ...type }
}

/** TypeProto: one of its kinds is set. */
function readType(bytes: Uint8Array, depth: number): Omit<OnnxValue, 'name'> {
  if (depth > 64) throw new Error('types are nested more than 64 deep')
  let type: Omit<OnnxValue, 'name'> = { type: 'a value without a type' }
  const nested = (kind: string) =>
    message((value) => (type = { type: `${kind}(${readElementType(value, depth)})` }))
  readFields(bytes, {
    1: message((value) => (type = readTensorType(value))),
    4: nested('sequence'),
    5: message((value) => (type = { type: `map(${readMapType(value, depth)})` })),
    8: message((value) => (type = { type: `sparse(${readTensorType(value).type})` })),
    9: nested('optional'),
  })
  return type
}

function readElementType(bytes: Uint8Array, depth: number): string {
  let element = 'unknown'
  readFields(bytes, { 1: message((value) => (element = readType(value, depth + 1).type)) })
  return element
}

function readMapType(bytes: Uint8Array, depth: number): string {
  let key = 'unknown'
  let element = 'unknown'
  readFields(bytes, {
    1: integer((value) => (key = elementName(value))),
    2: message((value) => (element = readType(value, depth + 1).type)),
  })
  return `${key}, ${element}`
}

function readTensorType(bytes: Uint8Array): Omit<OnnxValue, 'name'> {
  let element = 0
  let shape: (number | null)[] | undefined
  readFields(bytes, {
    1: integer((value) => (element = value)),
    2: message((value) => (shape = readShape(value))),
  })
  const dtype = dtypeOf.get(element)
  return {
    type: elementName(element),
    ...(dtype === undefined ? {} : { dtype }),
    ...(shape === undefined ? {} : { shape }),
  }
}

function readShape(bytes: Uint8Array): (number | null)[] {
  const shape: (number | null)[] = []
  readFields(bytes, { 1: message((value) => shape.push(readDimension(value))) })
  return shape
}

/** Some exporters write a dimension that may vary as -1 or 0 instead of by name. */
function readDimension(bytes: Uint8Array): number | null {
  let size: number | null = null
  readFields(bytes, { 1: integer((value) => (size = value > 0 ? value : null)) })
  return size
}

function elementName(element: number): string {
  return dtypeOf.get(element) ?? otherElements.get(element) ?? `element type ${element}`
}

// TensorProto.DataType.
const dtypeOf: ReadonlyMap<number, DType> = new Map([
  [1, 'float32'],
  [2, 'uint8'],
  [3, 'int8'],
  [4, 'uint16'],
  [5, 'int16'],
  [6, 'int32'],
  [7, 'int64'],
  [8, 'string'],
  [9, 'bool'],
  [10, 'float16'],
  [11, 'float64'],
  [12, 'uint32'],
  [13, 'uint64'],
])

const otherElements: ReadonlyMap<number, string> = new Map([
  [14, 'complex64'],
  [15, 'complex128'],
  [16, 'bfloat16'],
  [21, 'uint4'],
  [22, 'int4'],
])
