// Writes tiny ONNX files by the field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

export type Write = (writer: BinaryWriter) => void

const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const

export type ElementType = keyof typeof elementTypes

interface ValueSpec {
  readonly name: string
  readonly type: ElementType
  /** A name is a dimension that may vary. Absent: the rank may vary too. */
  readonly shape?: readonly (number | string)[]
}

export interface ModelSpec {
  readonly inputs?: readonly ValueSpec[]
  readonly outputs?: readonly ValueSpec[]
  /** Fields of GraphProto as written by the functions below. */
  readonly graph?: readonly Write[]
  /** Fields of ModelProto after the graph. */
  readonly model?: readonly Write[]
  readonly opset?: number
}

export function onnxModel(spec: ModelSpec): Uint8Array {
  return written([
    integer(1, 8),
    text(2, 'bento-test'),
    text(3, '1.0'),
    message(7, [
      ...(spec.graph ?? []),
      text(2, 'tiny'),
      ...(spec.inputs ?? []).map((value) => message(11, tensorValue(value))),
      ...(spec.outputs ?? []).map((value) => message(12, tensorValue(value))),
    ]),
    message(8, [text(1, ''), integer(2, spec.opset ?? 17)]),
    ...(spec.model ?? []),
  ])
}

/** A model that gives back what it gets. */
export function identityModel(
  type: ElementType,
  shape: readonly (number | string)[] = ['n', 2],
): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type, shape }],
    outputs: [{ name: 'y', type, shape }],
    graph: [node('Identity', { from: ['x'], to: ['y'] })],
  })
}

/** y = x + w, with w of two float32 in an initializer that the caller gives. */
export function addModel(initializer: Write): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['n', 2] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['n', 2] }],
    graph: [node('Add', { from: ['x', 'w'], to: ['y'] }), initializer],
  })
}

export function node(
  type: string,
  { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] },
  attributes: readonly Write[] = [],
): Write {
  return message(1, [
    ...from.map((name) => text(1, name)),
    ...to.map((name) => text(2, name)),
    text(4, type),
    ...attributes,
  ])
}

/** An initializer `w` of two float32 that lie in another file. */
export function externalInitializer(location: string): Write {
  return message(5, externalTensor(location))
}

export function externalTensor(location: string): Write[] {
  return [
    integer(1, 2),
    integer(2, elementTypes.float32),
    text(8, 'w'),
    message(13, [text(1, 'location'), text(2, location)]),
    integer(14, 1),
  ]
}

export function message(field: number, writes: readonly Write[]): Write {
  return (writer) => {
    writer.tag(field, WireType.LengthDelimited).bytes(written(writes))
  }
}

export function text(field: number, value: string): Write {
  return (writer) => {
    writer.tag(field, WireType.LengthDelimited).string(value)
  }
}

export function integer(field: number, value: number): Write {
  return (writer) => {
    writer.tag(field, WireType.Varint).int64(value)
  }
}

function written(writes: readonly Write[]): Uint8Array {
  const writer = new BinaryWriter()
  for (const write of writes) write(writer)
  return writer.finish()
}

function tensorValue({ name, type, shape }: ValueSpec): Write[] {
  const dimensions = shape?.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  )
  const tensor = [
    integer(1, elementTypes[type]),
    ...(dimensions === undefined ? [] : [message(2, dimensions)]),
  ]
  return [text(1, name), message(2, [message(1, tensor)])]
}
