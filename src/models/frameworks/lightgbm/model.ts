import type { TreesHeader, TreesModel } from '../../runtimes/trees/model.ts'
import { ForestBuilder } from '../forest-builder.ts'
import { readObjective } from './objectives.ts'
import { splitText } from './text.ts'
import type { Section } from './text.ts'
import { readTree } from './tree.ts'

export interface LightgbmModel {
  readonly model: TreesModel
  readonly context: Readonly<Record<string, string | number>>
}

/** LightGBM's kZeroThreshold, a float32: what is not farther from zero is left out of a row, which makes it zero. */
const zeroBelow = Math.fround(1e-35)

/** Text models of LightGBM 2 to 4. Throws a plain Error for what is missing, MODEL_UNSUPPORTED for what is not done. */
export function readLightgbm(text: string): LightgbmModel {
  const { head, trees } = splitText(text)
  const outputs = head.number('num_tree_per_iteration')
  if (!Number.isInteger(outputs) || outputs < 1) throw new Error('num_tree_per_iteration cannot be')
  const builder = new ForestBuilder()
  for (const [i, tree] of trees.entries()) builder.add(readTree(tree, i % outputs))
  const header = readHeader(head, { outputs, rounds: trees.length / outputs })
  const context = {
    objective: head.words('objective')[0] ?? 'custom',
    trees: trees.length,
    version: head.words('version')[0] ?? 'unknown',
  }
  return { model: { kind: 'forest', header, arrays: builder.build() }, context }
}

interface Counts {
  readonly outputs: number
  readonly rounds: number
}

function readHeader(head: Section, { outputs, rounds }: Counts): TreesHeader {
  const { transform, isClassifier } = readObjective(head.words('objective'))
  return {
    features: head.number('max_feature_idx') + 1,
    featureNames: head.words('feature_names'),
    rows: 'float64',
    sums: 'float64',
    zeroBelow,
    leafWidth: 1,
    base: Array.from({ length: outputs }, () => 0),
    // A random forest answers with the mean.
    divisor: head.has('average_output') && rounds > 0 ? rounds : 1,
    scale: 1,
    bias: [],
    transform,
    ...(isClassifier ? { classes: { count: Math.max(outputs, 2) } } : {}),
  }
}
