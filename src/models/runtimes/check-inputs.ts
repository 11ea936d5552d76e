import { BentoError } from '../../errors.ts'
import { holds } from '../../lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../../lib/tensor.ts'

/** Throws MODEL_INPUT_INVALID with all that is wrong; a runtime itself would name one thing at a time. */
export function checkInputs(expected: readonly ValueInfo[], inputs: TensorMap): void {
  let isGood = true
  let given = 0
  for (const _ in inputs) given += 1
  for (const value of expected) {
    const tensor = inputs[value.name]
    if (tensor === undefined || !fits(value, tensor)) isGood = false
  }
  // The words are made only when they are needed: this runs before every batch.
  if (!isGood || given !== expected.length) throw inputInvalid(expected, inputs)
}

function fits({ dtype, shape }: ValueInfo, tensor: Tensor): boolean {
  return tensor.dtype === dtype && fitsShape(shape, tensor.shape) && isFull(tensor)
}

/** An empty shape says nothing: onnxruntime reports it for scalars and for tensors of any rank. */
function fitsShape(expected: readonly (number | null)[], shape: readonly number[]): boolean {
  if (expected.length === 0) return true
  if (expected.length !== shape.length) return false
  for (let axis = 0; axis < expected.length; axis++) {
    const size = expected[axis]
    if (size !== null && size !== shape[axis]) return false
  }
  return true
}

function isFull({ dtype, shape, data }: Tensor): boolean {
  if (!holds(dtype, data)) return false
  let elements = 1
  for (const size of shape) elements *= size >= 0 ? size : NaN
  return data.length === elements
}

function inputInvalid(expected: readonly ValueInfo[], inputs: TensorMap): BentoError {
  const problems = expected.flatMap((value) => problemOf(value, inputs[value.name]))
  const names = new Set(expected.map(({ name }) => name))
  for (const name of Object.keys(inputs)) {
    if (!names.has(name)) problems.push({ name, msg: 'the model has no such input' })
  }
  const words = problems.map(({ name, msg }) => `"${name}": ${msg}`).join('; ')
  return new BentoError('MODEL_INPUT_INVALID', `The model cannot take these inputs: ${words}`, {
    hint: `Give it ${expected.map((value) => `"${value.name}" ${typeOf(value)}`).join(', ')}.`,
    detail: problems.map(({ name, msg }) => ({ type: 'model_input', loc: [name], msg })),
  })
}

interface Problem {
  readonly name: string
  readonly msg: string
}

function problemOf(value: ValueInfo, tensor: Tensor | undefined): Problem[] {
  const { name, dtype, shape } = value
  if (tensor === undefined) return [{ name, msg: 'it is missing' }]
  if (tensor.dtype !== dtype || !fitsShape(shape, tensor.shape)) {
    return [{ name, msg: `expected ${typeOf(value)}, got ${typeOf(tensor)}` }]
  }
  if (isFull(tensor)) return []
  if (!holds(dtype, tensor.data)) return [{ name, msg: `its data is not the array for ${dtype}` }]
  return [{ name, msg: `${tensor.data.length} elements do not fill ${typeOf(tensor)}` }]
}

function typeOf({ dtype, shape }: Pick<ValueInfo, 'dtype' | 'shape'>): string {
  return `${dtype}[${shape.map((size) => size ?? '?').join(', ')}]`
}
