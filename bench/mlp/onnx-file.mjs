// Writes the few messages of onnx.proto that a chain of Gemm and Relu needs. Field numbers: github.com/onnx/onnx,
// onnx/onnx.proto.
import { BinaryWriter } from '@bufbuild/protobuf/wire'

const float32 = 1

/** The bytes of an ONNX model with input `x` [batch, inputs] and output `y` [batch, outputs]. */
export function writeMlp(layers) {
  return message((model) => {
    model.tag(1, 0).int64(8) // ir_version
    text(model, 2, 'bento-bench') // producer_name
    nested(model, 7, (graph) => writeGraph(graph, layers))
    nested(model, 8, (opset) => opset.tag(2, 0).int64(17)) // opset_import
  })
}

function writeGraph(graph, layers) {
  const last = layers.length - 1
  // A layer that is passed again is written once.
  const stored = [...new Set(layers)]
  layers.forEach((layer, i) => {
    const at = stored.indexOf(layer)
    const input = i === 0 ? 'x' : `hidden${i}`
    const sum = i === last ? 'y' : `sum${i + 1}`
    writeNode(graph, { op: 'Gemm', inputs: [input, `w${at}`, `b${at}`], output: sum })
    if (i < last) writeNode(graph, { op: 'Relu', inputs: [sum], output: `hidden${i + 1}` })
  })
  text(graph, 2, 'mlp')
  stored.forEach((layer, i) => {
    writeTensor(graph, { name: `w${i}`, dims: [layer.inputs, layer.outputs], data: layer.weights })
    writeTensor(graph, { name: `b${i}`, dims: [layer.outputs], data: layer.biases })
  })
  writeValue(graph, 11, { name: 'x', columns: layers[0].inputs })
  writeValue(graph, 12, { name: 'y', columns: layers[last].outputs })
}

function writeNode(graph, { op, inputs, output }) {
  nested(graph, 1, (node) => {
    for (const input of inputs) text(node, 1, input)
    text(node, 2, output)
    text(node, 3, `${op}_${output}`)
    text(node, 4, op)
  })
}

function writeTensor(graph, { name, dims, data }) {
  nested(graph, 5, (tensor) => {
    for (const dim of dims) tensor.tag(1, 0).int64(dim)
    tensor.tag(2, 0).int32(float32)
    text(tensor, 8, name)
    tensor.tag(9, 2).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) // raw_data, little-endian
  })
}

function writeValue(graph, field, { name, columns }) {
  nested(graph, field, (value) => {
    text(value, 1, name)
    nested(value, 2, (type) => {
      nested(type, 1, (tensor) => {
        tensor.tag(1, 0).int32(float32)
        nested(tensor, 2, (shape) => {
          nested(shape, 1, (dim) => text(dim, 2, 'batch'))
          nested(shape, 1, (dim) => dim.tag(1, 0).int64(columns))
        })
      })
    })
  })
}

function text(writer, field, value) {
  writer.tag(field, 2).string(value)
}

function nested(writer, field, write) {
  writer.tag(field, 2).bytes(message(write))
}

function message(write) {
  const writer = new BinaryWriter()
  write(writer)
  return writer.finish()
}
