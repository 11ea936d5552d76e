import { BinaryWriter } from '@bufbuild/protobuf/wire'

/*
 * As much of ONNX as a tree ensemble needs, written by the field numbers of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

export type AttributeValue =
  | { readonly int: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly texts: readonly string[] }

export interface OnnxNode {
  readonly op: string
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

/** Numbers of TensorProto.DataType. */
const elementTypes = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const
type ElementType = keyof typeof elementTypes

export interface OnnxValueInfo {
  readonly name: string
  readonly type: ElementType
  /** Null: any length. */
  readonly shape: readonly (number | null)[]
}

/** A list that the graph carries. */
export interface OnnxConstant {
  readonly name: string
  readonly type: ElementType
  readonly values: readonly (string | number | boolean)[]
  /** Default: one axis. */
  readonly shape?: readonly number[]
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly constants: readonly OnnxConstant[]
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
}

const irVersion = 8
const opsets = { '': 17, 'ai.onnx.ml': 3 } as const

export function encodeOnnx(graph: OnnxGraph, producer: string): Uint8Array {
  const model = new BinaryWriter().uint32(int(1)).int64(irVersion)
  model.uint32(bytes(2)).string(producer)
  write(model, 7, encodeGraph(graph))
  for (const [domain, version] of Object.entries(opsets)) {
    write(
      model,
      8,
      new BinaryWriter().uint32(bytes(1)).string(domain).uint32(int(2)).int64(version),
    )
  }
  return model.finish()
}

function encodeGraph({ name, nodes, constants, inputs, outputs }: OnnxGraph): BinaryWriter {
  const graph = new BinaryWriter()
  for (const node of nodes) write(graph, 1, encodeNode(node))
  graph.uint32(bytes(2)).string(name)
  for (const constant of constants) write(graph, 5, encodeConstant(constant))
  for (const input of inputs) write(graph, 11, encodeValue(input))
  for (const output of outputs) write(graph, 12, encodeValue(output))
  return graph
}

function encodeNode({ op, domain = '', inputs, outputs, attributes = {} }: OnnxNode): BinaryWriter {
  const node = new BinaryWriter()
  for (const input of inputs) node.uint32(bytes(1)).string(input)
  for (const output of outputs) node.uint32(bytes(2)).string(output)
  node.uint32(bytes(4)).string(op)
  for (const [name, value] of Object.entries(attributes)) {
    write(node, 5, encodeAttribute(name, value))
  }
  return node.uint32(bytes(7)).string(domain)
}

/** Each kind has a field of its own, and a number that says which. */
function encodeAttribute(name: string, value: AttributeValue): BinaryWriter {
  const attribute = new BinaryWriter().uint32(bytes(1)).string(name)
  const kind = (type: number): BinaryWriter => attribute.uint32(int(20)).int32(type)
  if ('int' in value) return kind(2).uint32(int(3)).int64(value.int)
  if ('text' in value) return kind(3).uint32(bytes(4)).string(value.text)
  if ('floats' in value) {
    return kind(6)
      .uint32(bytes(7))
      .bytes(new Uint8Array(Float32Array.from(value.floats).buffer))
  }
  if ('ints' in value) {
    const packed = new BinaryWriter()
    for (const one of value.ints) packed.int64(one)
    return kind(7).uint32(bytes(8)).bytes(packed.finish())
  }
  for (const text of value.texts) kind(8).uint32(bytes(9)).string(text)
  return attribute
}

function encodeConstant({
  name,
  type,
  values,
  shape = [values.length],
}: OnnxConstant): BinaryWriter {
  const constant = new BinaryWriter()
  for (const length of shape) constant.uint32(int(1)).int64(length)
  constant.uint32(int(2)).int32(elementTypes[type])
  for (const value of type === 'string' ? values : []) {
    constant.uint32(bytes(6)).bytes(Buffer.from(String(value)))
  }
  constant.uint32(bytes(8)).string(name)
  if (type !== 'string') constant.uint32(bytes(9)).bytes(rawBytes(type, values.map(Number)))
  return constant
}

function rawBytes(type: Exclude<ElementType, 'string'>, values: readonly number[]): Uint8Array {
  const arrays = {
    float: () => Float32Array.from(values),
    double: () => Float64Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(values, BigInt),
    bool: () => Uint8Array.from(values),
  }
  return new Uint8Array(arrays[type]().buffer)
}

function encodeValue({ name, type, shape }: OnnxValueInfo): BinaryWriter {
  const dimensions = new BinaryWriter()
  for (const length of shape) {
    const dimension = new BinaryWriter()
    if (length === null) dimension.uint32(bytes(2)).string('rows')
    else dimension.uint32(int(1)).int64(length)
    write(dimensions, 1, dimension)
  }
  const tensor = new BinaryWriter().uint32(int(1)).int32(elementTypes[type])
  write(tensor, 2, dimensions)
  const value = new BinaryWriter().uint32(bytes(1)).string(name)
  return write(value, 2, write(new BinaryWriter(), 1, tensor))
}

function write(parent: BinaryWriter, field: number, child: BinaryWriter): BinaryWriter {
  return parent.uint32(bytes(field)).bytes(child.finish())
}

/** Tags of a field by its wire type: a number, or bytes of a known length. */
function int(field: number): number {
  return field << 3
}

function bytes(field: number): number {
  return (field << 3) | 2
}
