import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readLightgbm } from '../../../../src/models/frameworks/lightgbm/model.ts'
import { featureCount, isSplit, randomRows, randomTrees, walk } from '../../random-trees.ts'
import type { RandomSplit, RandomTree } from '../../random-trees.ts'
import { sumsOf } from '../../tree-sums.ts'

/** The lines of one tree of LightGBM's text. Leaves are numbered apart from splits, as `~leaf`. */
function writeTree(root: RandomTree, index: number): string {
  const features: number[] = []
  const thresholds: number[] = []
  const decisions: number[] = []
  const lefts: number[] = []
  const rights: number[] = []
  const leaves: number[] = []
  const boundaries = [0]
  const words: number[] = []
  const add = (node: RandomTree): number => {
    if (!isSplit(node)) return ~(leaves.push(node.value) - 1)
    const id = features.push(node.feature) - 1
    const { categories } = node
    thresholds.push(categories ? boundaries.length - 1 : node.threshold)
    decisions.push((categories ? 1 : 0) | (node.isDefaultLeft ? 2 : 0) | (node.missingType << 2))
    if (categories) {
      const set = [0, 0]
      for (const category of categories) {
        set[category >> 5] = (set[category >> 5] ?? 0) + 2 ** (category & 31)
      }
      words.push(...set)
      boundaries.push(words.length)
    }
    lefts.push(0)
    rights.push(0)
    lefts[id] = add(node.left)
    rights[id] = add(node.right)
    return id
  }
  add(root)
  const sets =
    words.length > 0
      ? [`cat_boundaries=${boundaries.join(' ')}`, `cat_threshold=${words.join(' ')}`]
      : []
  return [
    `Tree=${index}`,
    `num_leaves=${leaves.length}`,
    `num_cat=${boundaries.length - 1}`,
    `split_feature=${features.join(' ')}`,
    `threshold=${thresholds.join(' ')}`,
    `decision_type=${decisions.join(' ')}`,
    `left_child=${lefts.join(' ')}`,
    `right_child=${rights.join(' ')}`,
    `leaf_value=${leaves.join(' ')}`,
    ...sets,
    'is_linear=0',
    'shrinkage=1',
    '',
  ].join('\n')
}

function write(trees: readonly RandomTree[]): string {
  const names = Array.from({ length: featureCount }, (_, i) => `Column_${i}`)
  const head = [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    `max_feature_idx=${featureCount - 1}`,
    'objective=regression',
    `feature_names=${names.join(' ')}`,
    '',
  ]
  return `${head.join('\n')}\n${trees.map(writeTree).join('\n')}\nend of trees\n`
}

const zero = Math.fround(1e-35)

/** What the documentation of the format says: float64, `<=`, and what is in a set goes left. */
function predict(trees: readonly RandomTree[], row: readonly number[]): number {
  const goesLeft = (split: RandomSplit): boolean => {
    const { feature, threshold, categories, isDefaultLeft, missingType } = split
    const given = row[feature] ?? 0
    const x = Math.abs(given) <= zero ? 0 : given
    if (categories) return !Number.isNaN(x) && categories.includes(Math.trunc(x) + 0)
    if (Number.isNaN(x) && missingType === 2) return isDefaultLeft
    const known = Number.isNaN(x) ? 0 : x
    if (known === 0 && missingType === 1) return isDefaultLeft
    return known <= threshold
  }
  return trees.reduce((sum, tree) => sum + walk(tree, goesLeft), 0)
}

test('random trees sum to what a plain walk of them gives', () => {
  fc.assert(
    fc.property(randomTrees, randomRows, (trees, rows) => {
      const { model } = readLightgbm(write(trees))
      expect(sumsOf(model, rows)).toEqual(rows.map((row) => predict(trees, row)))
    }),
    { numRuns: 300 },
  )
})
