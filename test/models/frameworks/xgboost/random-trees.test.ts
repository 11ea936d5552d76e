import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readXgboost } from '../../../../src/models/frameworks/xgboost/model.ts'
import { featureCount, isSplit, randomRows, randomTrees, walk } from '../../random-trees.ts'
import type { RandomSplit, RandomTree } from '../../random-trees.ts'
import { sumsOf } from '../../tree-sums.ts'

/** The arrays of XGBoost's JSON, written node after node. */
function writeTree(root: RandomTree): object {
  const tree = {
    tree_param: { size_leaf_vector: '1' },
    left_children: [] as number[],
    right_children: [] as number[],
    split_indices: [] as number[],
    split_conditions: [] as number[],
    default_left: [] as number[],
    split_type: [] as number[],
    categories: [] as number[],
    categories_nodes: [] as number[],
    categories_segments: [] as number[],
    categories_sizes: [] as number[],
  }
  const add = (node: RandomTree): number => {
    const id = tree.left_children.push(-1) - 1
    tree.right_children.push(-1)
    tree.split_indices.push(isSplit(node) ? node.feature : 0)
    tree.split_conditions.push(Math.fround(isSplit(node) ? node.threshold : node.value))
    tree.default_left.push(isSplit(node) && node.isDefaultLeft ? 1 : 0)
    tree.split_type.push(isSplit(node) && node.categories ? 1 : 0)
    if (!isSplit(node)) return id
    if (node.categories) {
      tree.categories_nodes.push(id)
      tree.categories_segments.push(tree.categories.length)
      tree.categories_sizes.push(node.categories.length)
      tree.categories.push(...node.categories)
    }
    tree.left_children[id] = add(node.left)
    tree.right_children[id] = add(node.right)
    return id
  }
  add(root)
  return tree
}

function write(trees: readonly RandomTree[]): unknown {
  const model = { trees: trees.map(writeTree), tree_info: trees.map(() => 0) }
  return {
    version: [3, 2, 0],
    learner: {
      gradient_booster: { name: 'gbtree', model },
      learner_model_param: {
        base_score: '[5E-1]',
        num_class: '0',
        num_feature: String(featureCount),
        num_target: '1',
      },
      objective: { name: 'reg:squarederror' },
    },
  }
}

/** What the documentation of the format says: float32, `<`, and what is in a set goes right. */
function predict(trees: readonly RandomTree[], row: readonly number[]): number {
  const goesLeft = ({ feature, threshold, categories, isDefaultLeft }: RandomSplit): boolean => {
    const x = Math.fround(row[feature] ?? 0)
    if (Number.isNaN(x)) return isDefaultLeft
    if (!categories) return x < Math.fround(threshold)
    return x < 0 || !categories.includes(Math.trunc(x))
  }
  return trees.reduce(
    (sum, tree) => Math.fround(sum + Math.fround(walk(tree, goesLeft))),
    Math.fround(0.5),
  )
}

test('random trees sum to what a plain walk of them gives', () => {
  fc.assert(
    fc.property(randomTrees, randomRows, (trees, rows) => {
      const { model } = readXgboost(JSON.parse(JSON.stringify(write(trees))))
      expect(sumsOf(model, rows)).toEqual(rows.map((row) => predict(trees, row)))
    }),
    { numRuns: 300 },
  )
})
