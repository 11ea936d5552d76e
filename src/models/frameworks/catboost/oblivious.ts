import { equalLevel } from '../../runtimes/trees/model.ts'
import type { ObliviousForest, TreesHeader } from '../../runtimes/trees/model.ts'
import type { Fields } from '../fields.ts'
import { readSplit } from './features.ts'
import type { Features, Split } from './features.ts'

interface Rest {
  readonly header: TreesHeader
  readonly features: Features
}

export function readOblivious(
  trees: readonly Fields[],
  { header, features }: Rest,
): ObliviousForest {
  const levelStarts = [0]
  const leafStarts: number[] = []
  const levels = trees.map((tree) => tree.list('splits').map((split) => readSplit(split, features)))
  const leaves: number[] = []
  for (const [i, tree] of trees.entries()) {
    const depth = levels[i]?.length ?? 0
    const values = tree.numbers('leaf_values')
    if (values.length !== 2 ** depth * header.leafWidth) {
      throw new Error(`a tree of depth ${depth} has ${values.length} leaf_values`)
    }
    levelStarts.push((levelStarts.at(-1) ?? 0) + depth)
    leafStarts.push(leaves.length)
    for (const value of values) leaves.push(value)
  }
  const splits = levels.flat()
  return {
    levelStarts: Int32Array.from(levelStarts),
    features: Int32Array.from(splits, ({ column }) => column),
    borders: Float64Array.from(splits, (split) => ('hash' in split ? split.hash : split.border)),
    missingBits: Uint8Array.from(splits, missingBit),
    leafStarts: Int32Array.from(leafStarts),
    leaves: Float64Array.from(leaves),
  }
}

function missingBit(split: Split): number {
  if ('hash' in split) return equalLevel
  return split.isMissingAbove ? 1 : 0
}
