import type * as OrtModule from 'onnxruntime-node'
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import type { Tensor, TensorData, TensorMap } from '../../../lib/tensor.ts'

type Ort = typeof OrtModule

/** Our tensor as onnxruntime's, over the same memory. */
export function toOrt(ort: Ort, { dtype, shape, data }: Tensor): OrtTensor {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the overloads want each pair of type and array by itself, and checkInputs has seen the type
  const tensor = new ort.Tensor(dtype as 'float32', data as Float32Array, [...shape])
  if (dtype === 'float16') useRawBits(tensor, data)
  return tensor
}

/**
 * From Node 24 on, the JavaScript half turns the bits into a Float16Array and the native half does not know that type
 * (microsoft/onnxruntime#26791). The bits themselves are what it reads on every Node.
 */
function useRawBits(tensor: OrtTensor, data: TensorData): void {
  Object.assign(tensor, { cpuData: data })
}

/** onnxruntime's results as ours, over the same memory. */
export function fromOrt(results: InferenceSession.ReturnType): TensorMap {
  const outputs: Record<string, Tensor> = {}
  for (const name in results) {
    const result = results[name]
    if (result === undefined) continue
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the model's types were checked when it was loaded
    const dtype = result.type as Tensor['dtype']
    outputs[name] = { dtype, shape: result.dims, data: dataOf(result) }
  }
  return outputs
}

function dataOf({ type, data }: OrtTensor): TensorData {
  if (type === 'float16' && !(data instanceof Uint16Array)) return toRawBits(data)
  return data
}

/** A Float16Array's own bits. */
function toRawBits(data: OrtTensor.DataType): Uint16Array {
  if (!ArrayBuffer.isView(data)) return new Uint16Array(0)
  return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
}
