import type { LinearWeights, TreesHeader } from './model.ts'
import type { Sums } from './sums.ts'

/** Adds x × weight in the order of the features; what is missing adds nothing. */
export function linearSums({ features, base }: TreesHeader, { weights }: LinearWeights): Sums {
  const outputs = base.length
  return (rows, count, sums) => {
    for (let row = 0; row < count; row++) {
      for (let feature = 0; feature < features; feature++) {
        const x = rows[row * features + feature] ?? 0
        if (Number.isNaN(x)) continue
        for (let output = 0; output < outputs; output++) {
          const at = row * outputs + output
          const term = Math.fround(x * (weights[feature * outputs + output] ?? 0))
          sums[at] = Math.fround((sums[at] ?? 0) + term)
        }
      }
    }
  }
}
