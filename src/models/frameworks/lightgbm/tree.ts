import { nodeKinds } from '../../runtimes/trees/model.ts'
import type { SourceNode, SourceTree } from '../forest-builder.ts'
import type { Section } from './text.ts'

interface TreeArrays {
  readonly features: readonly number[]
  readonly thresholds: readonly number[]
  readonly decisions: readonly number[]
  readonly lefts: readonly number[]
  readonly rights: readonly number[]
  readonly setStarts: readonly number[]
  readonly setWords: readonly number[]
  readonly leafOf: (leaf: number) => SourceNode
}

/** One tree of the text model. Children below zero are leaves. */
export function readTree(tree: Section, group: number): SourceTree {
  const leaves = tree.number('num_leaves')
  const arrays: TreeArrays = {
    features: tree.numbers('split_feature'),
    thresholds: tree.numbers('threshold'),
    decisions: tree.numbers('decision_type'),
    lefts: tree.numbers('left_child'),
    rights: tree.numbers('right_child'),
    setStarts: tree.numbers('cat_boundaries'),
    setWords: tree.numbers('cat_threshold'),
    leafOf: readLeaves(tree),
  }
  const read = (id: number): SourceNode => (id < 0 ? arrays.leafOf(~id) : readSplit(arrays, id))
  return { group, root: leaves > 1 ? 0 : ~0, size: 2 * leaves - 1, read }
}

function at(array: readonly number[], i: number): number {
  const value = array[i]
  if (value === undefined) throw new Error(`a tree has no element ${i}`)
  return value
}

const categorical = 1
const defaultLeft = 2
const missingTypes = { none: 0, zero: 1, nan: 2 } as const

function readSplit(arrays: TreeArrays, id: number): SourceNode {
  const decision = at(arrays.decisions, id)
  const split = {
    feature: at(arrays.features, id),
    threshold: at(arrays.thresholds, id),
    left: at(arrays.lefts, id),
    right: at(arrays.rights, id),
  }
  if ((decision & categorical) !== 0) {
    const start = at(arrays.setStarts, split.threshold)
    const set = arrays.setWords.slice(start, at(arrays.setStarts, split.threshold + 1))
    return { ...split, isMissingLeft: false, kind: nodeKinds.truncatedCategory, set }
  }
  return { ...split, ...missingOf(decision, split.threshold) }
}

/** NaN stands for zero unless the node's missing type is NaN; of type zero, zero itself is missing. */
function missingOf(
  decision: number,
  threshold: number,
): { readonly isMissingLeft: boolean; readonly kind: number } {
  const type = (decision >> 2) & 3
  const isZeroLeft = threshold >= 0
  if (type === missingTypes.none) return { isMissingLeft: isZeroLeft, kind: nodeKinds.number }
  const isMissingLeft = (decision & defaultLeft) !== 0
  const isOdd = type === missingTypes.zero && isMissingLeft !== isZeroLeft
  return { isMissingLeft, kind: isOdd ? nodeKinds.numberOrZero : nodeKinds.number }
}

function readLeaves(tree: Section): TreeArrays['leafOf'] {
  const values = tree.numbers('leaf_value')
  if (tree.words('is_linear')[0] !== '1') return (leaf) => ({ values: [at(values, leaf)] })
  const constants = tree.numbers('leaf_const')
  const counts = tree.numbers('num_features')
  const features = tree.numbers('leaf_features')
  const factors = tree.numbers('leaf_coeff')
  const starts = [0]
  for (const count of counts) starts.push((starts.at(-1) ?? 0) + count)
  if (starts.at(-1) !== features.length || features.length !== factors.length) {
    throw new Error('leaf_features has another length than num_features says')
  }
  return (leaf) => {
    const range: [number, number] = [at(starts, leaf), at(starts, leaf + 1)]
    const linear = {
      constant: at(constants, leaf),
      features: features.slice(...range),
      factors: factors.slice(...range),
    }
    return { values: [at(values, leaf)], linear }
  }
}
