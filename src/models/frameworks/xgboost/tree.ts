import { nodeKinds } from '../../runtimes/trees/model.ts'
import type { Fields } from '../fields.ts'
import type { SourceNode, SourceTree } from '../forest-builder.ts'
import { before } from './float32.ts'

export interface TreeOptions {
  readonly group: number
  /** A leaf's number for an output in float32, with its weight in dart. */
  readonly weigh: (leaf: number, group: number) => number
  /** Numbers in a leaf. */
  readonly leafWidth: number
}

interface TreeArrays {
  readonly lefts: readonly number[]
  readonly rights: readonly number[]
  readonly features: readonly number[]
  readonly conditions: readonly number[]
  readonly defaults: readonly number[]
  readonly types: readonly number[]
  readonly sets: ReadonlyMap<number, Uint32Array>
  readonly leafOf: (node: number) => readonly number[]
}

/** One tree of a model file: arrays with an element for each node. */
export function readTree(tree: Fields, options: TreeOptions): SourceTree {
  const lefts = tree.numbers('left_children')
  const arrays: TreeArrays = {
    lefts,
    rights: tree.numbers('right_children'),
    features: tree.numbers('split_indices'),
    conditions: tree.numbers('split_conditions'),
    defaults: tree.numbers('default_left'),
    types: tree.has('split_type') ? tree.numbers('split_type') : [],
    sets: readSets(tree),
    leafOf: readLeaves(tree, options),
  }
  const read = (id: number): SourceNode => readNode(arrays, id)
  return { group: options.group, root: 0, size: lefts.length, read }
}

function readNode(arrays: TreeArrays, id: number): SourceNode {
  const left = at(arrays.lefts, id)
  if (left === -1) return { values: arrays.leafOf(id) }
  const right = at(arrays.rights, id)
  const feature = at(arrays.features, id)
  const isMissingLeft = at(arrays.defaults, id) !== 0
  if ((arrays.types[id] ?? 0) === 0) {
    // Left when x < condition, which among float32 is x <= the one before it.
    const threshold = before(at(arrays.conditions, id))
    return { feature, threshold, left, right, isMissingLeft, kind: nodeKinds.number }
  }
  // What is in the set goes right here and left in the runtime: the children change sides.
  const set = arrays.sets.get(id) ?? new Uint32Array(0)
  const turned = { left: right, right: left, isMissingLeft: !isMissingLeft }
  return { feature, threshold: 0, ...turned, kind: nodeKinds.category, set }
}

function at(array: readonly number[], i: number): number {
  const value = array[i]
  if (value === undefined) throw new Error(`a tree has no node ${i}`)
  return value
}

/** Categories of all set splits in one list, cut into segments. */
function readSets(tree: Fields): Map<number, Uint32Array> {
  const sets = new Map<number, Uint32Array>()
  if (!tree.has('categories_nodes')) return sets
  const categories = tree.numbers('categories')
  const starts = tree.numbers('categories_segments')
  const sizes = tree.numbers('categories_sizes')
  for (const [i, node] of tree.numbers('categories_nodes').entries()) {
    const start = starts[i] ?? 0
    sets.set(node, toBits(categories.slice(start, start + (sizes[i] ?? 0))))
  }
  return sets
}

// XGBoost's own limit: float32 counts no further.
const maxCategory = 2 ** 24

function toBits(categories: readonly number[]): Uint32Array {
  const most = categories.reduce((max, category) => Math.max(max, category), -1)
  if (most > maxCategory) throw new Error(`a category is ${most}`)
  const words = new Uint32Array((most >> 5) + 1)
  for (const category of categories) {
    words[category >> 5] = (words[category >> 5] ?? 0) | (1 << (category & 31))
  }
  return words
}

function readLeaves(tree: Fields, { group, weigh, leafWidth }: TreeOptions): TreeArrays['leafOf'] {
  if (leafWidth === 1) {
    const conditions = tree.numbers('split_conditions')
    return (node) => [weigh(at(conditions, node), group)]
  }
  // From 3.1 on leaves have a list of their own, which the right child is an index of.
  const own = tree.has('leaf_weights') ? tree.numbers('right_children') : undefined
  const vectors = tree.numbers(own ? 'leaf_weights' : 'base_weights')
  return (node) => {
    const start = (own ? at(own, node) : node) * leafWidth
    const values = vectors.slice(start, start + leafWidth)
    if (values.length !== leafWidth) throw new Error(`a leaf has ${values.length} numbers`)
    return values.map(weigh)
  }
}
