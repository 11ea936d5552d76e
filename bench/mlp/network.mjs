import { createRandom } from '../lib/random.mjs'

/**
 * The layers of a network, always the same: `weights` is row-major [inputs, outputs]. What lies between the first and the
 * last is passed `repeats` times, with the same weights.
 */
export function createLayers({ units, repeats }) {
  const layers = drawLayers(units)
  const hidden = layers.slice(1, -1)
  return [layers[0], ...Array.from({ length: repeats }, () => hidden).flat(), layers.at(-1)]
}

function drawLayers(units) {
  const random = createRandom(20_250_101)
  return units.slice(1).map((outputs, i) => {
    const inputs = units[i]
    // Uniform with the variance of He's initialisation, so that activations neither die nor explode.
    const bound = Math.sqrt(6 / inputs)
    const draw = () => (random() * 2 - 1) * bound
    return {
      inputs,
      outputs,
      weights: Float32Array.from({ length: inputs * outputs }, draw),
      biases: Float32Array.from({ length: outputs }, () => draw() * 0.1),
    }
  })
}

/** One row through the network in float64: what the ONNX file has to agree with. */
export function forward(layers, row) {
  return layers.reduce((values, layer, i) => {
    const sums = Float64Array.from(layer.biases)
    for (let input = 0; input < layer.inputs; input++) {
      const offset = input * layer.outputs
      for (let output = 0; output < layer.outputs; output++) {
        sums[output] += values[input] * layer.weights[offset + output]
      }
    }
    return i === layers.length - 1 ? sums : sums.map((sum) => Math.max(0, sum))
  }, Float64Array.from(row))
}

/** Largest difference, relative to the largest of the expected numbers. */
export function differenceOf(actual, expected) {
  if (actual.length !== expected.length) return Infinity
  const largest = Math.max(...expected.map(Math.abs))
  return Math.max(...expected.map((value, i) => Math.abs(actual[i] - value))) / largest
}
