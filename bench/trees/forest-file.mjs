// A forest as XGBoost saves it: full trees of one depth, with thresholds among the numbers that the rows are made of.
import { createRandom } from '../lib/random.mjs'

export const features = 20
const trees = 100
const depth = 6

export function renderForest(seed) {
  const random = createRandom(seed)
  return JSON.stringify({
    version: [3, 0, 0],
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        name: 'gbtree',
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees) },
          iteration_indptr: Array.from({ length: trees + 1 }, (_, at) => at),
          tree_info: Array(trees).fill(0),
          trees: Array.from({ length: trees }, (_, id) => renderTree(id, random)),
        },
      },
      learner_model_param: {
        base_score: '5E-1',
        boost_from_average: '1',
        num_class: '0',
        num_feature: String(features),
        num_target: '1',
      },
      objective: { name: 'reg:squarederror', reg_loss_param: { scale_pos_weight: '1' } },
    },
  })
}

/** Children of node `i` are `2i + 1` and `2i + 2`; a condition of a leaf is its value. */
function renderTree(id, random) {
  const splits = 2 ** depth - 1
  const nodes = Array.from({ length: 2 ** (depth + 1) - 1 }, (_, at) => at)
  const isLeaf = (node) => node >= splits
  const spread = () => Math.fround(random() * 2 - 1)
  return {
    id,
    base_weights: nodes.map(() => 0),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: nodes.map(() => (random() < 0.5 ? 0 : 1)),
    left_children: nodes.map((node) => (isLeaf(node) ? -1 : 2 * node + 1)),
    right_children: nodes.map((node) => (isLeaf(node) ? -1 : 2 * node + 2)),
    loss_changes: nodes.map(() => 0),
    parents: nodes.map((node) => (node === 0 ? 2147483647 : (node - 1) >> 1)),
    split_conditions: nodes.map((node) => spread() * (isLeaf(node) ? 0.01 : 0.8)).map(Math.fround),
    split_indices: nodes.map((node) => (isLeaf(node) ? 0 : Math.floor(random() * features))),
    split_type: nodes.map(() => 0),
    sum_hessian: nodes.map(() => 1),
    tree_param: {
      num_deleted: '0',
      num_feature: String(features),
      num_nodes: String(nodes.length),
      size_leaf_vector: '1',
    },
  }
}
