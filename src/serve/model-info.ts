import type { ValueInfo } from '../lib/tensor.ts'
import type { ModelInfo } from '../service/model-host.ts'
import type { ModelShape } from './runners/executor.ts'

/** What the runtime says of a model that it has loaded, with what was stored and no runtime knows. */
export function mergeInfo(shape: ModelShape, stored: ModelInfo): ModelInfo {
  return {
    ...stored,
    inputs: withColumns(shape.inputs, stored.inputs),
    outputs: withColumns(shape.outputs, stored.outputs),
  }
}

function withColumns(values: readonly ValueInfo[], stored: readonly ValueInfo[]): ValueInfo[] {
  return values.map((value) => {
    const columns = value.columns ?? stored.find(({ name }) => name === value.name)?.columns
    return columns === undefined ? value : { ...value, columns }
  })
}
