import { equalLevel } from './model.ts'
import type { ObliviousForest, TreesHeader } from './model.ts'
import type { Sums } from './sums.ts'

/** Adds the leaves of oblivious trees: the answers to all levels are the number of the leaf. */
export function obliviousSums(header: TreesHeader, forest: ObliviousForest): Sums {
  const { leafStarts, leaves } = forest
  const { features, leafWidth } = header
  const find = forest.missingBits.includes(equalLevel) ? findLeafOfAny : findLeaf
  return (rows, count, sums) => {
    for (let tree = 0; tree < leafStarts.length; tree++) {
      for (let row = 0; row < count; row++) {
        const leaf = find(forest, tree, { rows, from: row * features })
        const start = (leafStarts[tree] ?? 0) + leaf * leafWidth
        for (let i = 0, at = row * leafWidth; i < leafWidth; i++, at++) {
          sums[at] = (sums[at] ?? 0) + (leaves[start + i] ?? 0)
        }
      }
    }
  }
}

interface Place {
  readonly rows: Float64Array
  readonly from: number
}

function findLeaf(forest: ObliviousForest, tree: number, { rows, from }: Place): number {
  const { levelStarts, features, borders, missingBits } = forest
  const start = levelStarts[tree] ?? 0
  let leaf = 0
  for (let level = start, end = levelStarts[tree + 1] ?? 0; level < end; level++) {
    const x = rows[from + (features[level] ?? 0)] ?? 0
    if (x > (borders[level] ?? 0)) leaf |= 1 << (level - start)
    else if (Number.isNaN(x)) leaf |= (missingBits[level] ?? 0) << (level - start)
  }
  return leaf
}

/** As `findLeaf`, for forests that ask for categories too. */
function findLeafOfAny(forest: ObliviousForest, tree: number, { rows, from }: Place): number {
  const { levelStarts, features } = forest
  const start = levelStarts[tree] ?? 0
  let leaf = 0
  for (let level = start, end = levelStarts[tree + 1] ?? 0; level < end; level++) {
    const x = rows[from + (features[level] ?? 0)] ?? 0
    leaf |= bitOf(forest, level, x) << (level - start)
  }
  return leaf
}

function bitOf({ borders, missingBits }: ObliviousForest, level: number, x: number): number {
  const missing = missingBits[level] ?? 0
  const border = borders[level] ?? 0
  if (missing === equalLevel) return x === border ? 1 : 0
  return Number.isNaN(x) ? missing : +(x > border)
}
