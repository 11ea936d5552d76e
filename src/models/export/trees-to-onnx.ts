import { missingLeft, nodeKinds } from '../runtimes/trees/model.ts'
import type { Forest, TreesHeader, TreesModel } from '../runtimes/trees/model.ts'
import { encodeOnnx } from './onnx-graph.ts'
import type {
  AttributeValue,
  OnnxConstant,
  OnnxGraph,
  OnnxNode,
  OnnxValueInfo,
} from './onnx-graph.ts'

/** Why a model cannot be an ONNX tree ensemble that decides and adds as it does; undefined when it can. */
export function whyNotOnnx({ kind, header, arrays }: TreesModel): string | undefined {
  if (kind === 'linear') return 'it has weights and no trees'
  if (header.categories) return 'it has categories, compared by the hashes of their words'
  if (kind === 'oblivious') return 'its trees ask in levels, and add up in float64'
  if (header.rows !== 'float32' || header.sums !== 'float32') {
    return 'it compares or adds up in float64, and ONNX answers in float32'
  }
  if (arrays.termStarts.length > 0) return 'its leaves are linear'
  const isPlain = arrays.kinds.every((each) => (each & ~missingLeft) === nodeKinds.number)
  if (!isPlain) return 'it has categorical splits, or takes zero for missing'
  if (!arrays.thresholds.every(isSingle) || !arrays.leaves.every(isSingle)) {
    return 'its thresholds or leaves are no float32 numbers'
  }
  return whyNotHeader(header)
}

function isSingle(x: number): boolean {
  return Number.isNaN(x) || Math.fround(x) === x
}

function whyNotHeader(header: TreesHeader): string | undefined {
  const { transform, divisor, scale, bias, zeroBelow } = header
  if (!['identity', 'sigmoid', 'softmax'].includes(transform.name)) {
    return `ONNX has no word for its link, ${transform.name}`
  }
  const isPlain = divisor === 1 && scale === 1 && bias.length === 0 && zeroBelow === 0
  return isPlain ? undefined : 'it scales its sums'
}

/** The bytes of the ONNX model, for one that `whyNotOnnx` has nothing against. Its inputs and outputs keep their names. */
export function renderOnnx(
  model: TreesModel & { readonly kind: 'forest' },
  name: string,
): Uint8Array {
  const { header } = model
  const answers = renderAnswers(header)
  const graph: OnnxGraph = {
    name,
    nodes: [renderEnsemble(header, model.arrays), ...answers.nodes],
    constants: answers.constants,
    inputs: [{ name: 'features', type: 'float', shape: [null, header.features] }],
    outputs: answers.outputs,
  }
  return encodeOnnx(graph, 'bento')
}

function renderEnsemble(header: TreesHeader, forest: Forest): OnnxNode {
  const columns = new Columns(header.leafWidth)
  // What the sums start with is a tree of one leaf, so that it is added first, as here.
  for (const [output, start] of header.base.entries()) {
    if (start !== 0) columns.addLeaf(columns.startTree(), [start], output)
  }
  for (const [tree, root] of forest.roots.entries()) {
    columns.addTree(forest, root, forest.groups[tree] ?? 0)
  }
  const attributes = { ...columns.attributes(), n_targets: { int: header.base.length } }
  const names = { domain: 'ai.onnx.ml', inputs: ['features'], outputs: ['sums'] }
  return { op: 'TreeEnsembleRegressor', ...names, attributes }
}

/** The nodes of all trees, a column for each thing that is said of a node. */
class Columns {
  readonly #leafWidth: number
  #trees = 0
  readonly #nodes = {
    treeids: [] as number[],
    nodeids: [] as number[],
    featureids: [] as number[],
    values: [] as number[],
    truenodeids: [] as number[],
    falsenodeids: [] as number[],
    missing_value_tracks_true: [] as number[],
    modes: [] as string[],
  }
  readonly #targets = {
    treeids: [] as number[],
    nodeids: [] as number[],
    ids: [] as number[],
    weights: [] as number[],
  }

  constructor(leafWidth: number) {
    this.#leafWidth = leafWidth
  }

  startTree(): { readonly tree: number; readonly node: number } {
    return { tree: this.#trees++, node: 0 }
  }

  addLeaf(place: Place, values: readonly number[], group: number): void {
    this.#addNode(place, { mode: 'LEAF', feature: 0, value: 0, left: 0, right: 0, missing: 0 })
    for (const [at, value] of values.entries()) {
      this.#targets.treeids.push(place.tree)
      this.#targets.nodeids.push(place.node)
      this.#targets.ids.push(group + at)
      this.#targets.weights.push(value)
    }
  }

  /** Level by level, so that a deep tree does not need a deep stack. */
  addTree(forest: Forest, root: number, group: number): void {
    const { tree } = this.startTree()
    const queue = [root]
    for (const [node, child] of queue.entries()) {
      if (child < 0) {
        const start = ~child * this.#leafWidth
        const values = Array.from(forest.leaves.subarray(start, start + this.#leafWidth))
        this.addLeaf({ tree, node }, values, group)
        continue
      }
      const left = queue.push(forest.lefts[child] ?? 0, forest.rights[child] ?? 0) - 2
      this.#addNode(
        { tree, node },
        {
          mode: 'BRANCH_LEQ',
          feature: forest.features[child] ?? 0,
          value: forest.thresholds[child] ?? 0,
          left,
          right: left + 1,
          missing: (forest.kinds[child] ?? 0) & missingLeft ? 1 : 0,
        },
      )
    }
  }

  attributes(): Record<string, AttributeValue> {
    const { modes, values, ...nodes } = this.#nodes
    const { weights, ...targets } = this.#targets
    return {
      ...withPrefix('nodes_', nodes),
      nodes_values: { floats: values },
      nodes_modes: { texts: modes },
      ...withPrefix('target_', targets),
      target_weights: { floats: weights },
    }
  }

  #addNode({ tree, node }: Place, { mode, feature, value, left, right, missing }: Said): void {
    this.#nodes.treeids.push(tree)
    this.#nodes.nodeids.push(node)
    this.#nodes.modes.push(mode)
    this.#nodes.featureids.push(feature)
    this.#nodes.values.push(value)
    this.#nodes.truenodeids.push(left)
    this.#nodes.falsenodeids.push(right)
    this.#nodes.missing_value_tracks_true.push(missing)
  }
}

interface Place {
  readonly tree: number
  readonly node: number
}

interface Said {
  readonly mode: 'LEAF' | 'BRANCH_LEQ'
  readonly feature: number
  readonly value: number
  readonly left: number
  readonly right: number
  readonly missing: number
}

function withPrefix(
  prefix: string,
  lists: Readonly<Record<string, readonly number[]>>,
): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(lists).map(([name, ints]) => [`${prefix}${name}`, { ints }]),
  )
}

type Answers = Pick<OnnxGraph, 'nodes' | 'constants' | 'outputs'>

/** From the sums to what bento's own trees answer, under the same names. */
function renderAnswers(header: TreesHeader): Answers {
  const width = header.base.length
  const link = { identity: 'Identity', sigmoid: 'Sigmoid', softmax: 'Softmax' }[
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because whyNotHeader refuses all others
    header.transform.name as 'identity' | 'sigmoid' | 'softmax'
  ]
  const attributes = link === 'Softmax' ? { axis: { int: 1 } } : {}
  const linked: OnnxNode = { op: link, inputs: ['sums'], outputs: ['linked'], attributes }
  const shape: OnnxConstant = {
    name: 'flat',
    type: 'int64',
    values: width === 1 ? [-1] : [-1, width],
  }
  const reshape: OnnxNode = { op: 'Reshape', inputs: ['linked', 'flat'], outputs: ['predictions'] }
  const predictions: OnnxValueInfo = {
    name: 'predictions',
    type: 'float',
    shape: width === 1 ? [null] : [null, width],
  }
  const classes = renderClasses(header)
  return {
    nodes: [linked, reshape, ...classes.nodes],
    constants: [shape, ...classes.constants],
    outputs: [predictions, ...classes.outputs],
  }
}

function renderClasses({ classes, base }: TreesHeader): Answers {
  if (!classes) return { nodes: [], constants: [], outputs: [] }
  const { count, margin = 0.5, labels = Array.from({ length: count }, (_, at) => at) } = classes
  const type = labelType(labels)
  const pick: OnnxNode = { op: 'Gather', inputs: ['labels', 'class'], outputs: ['label'] }
  const isBinary = base.length === 1
  return {
    nodes: [...(isBinary ? binary(classes.margin !== undefined) : several), pick],
    constants: [
      { name: 'labels', type, values: labels },
      { name: 'one', type: 'float', values: [1] },
      { name: 'margin', type: 'float', values: [margin] },
    ],
    outputs: [
      { name: 'label', type, shape: [null] },
      { name: 'probabilities', type: 'float', shape: [null, count] },
    ],
  }
}

function labelType(labels: readonly (string | number | boolean)[]): OnnxValueInfo['type'] {
  if (typeof labels[0] === 'string') return 'string'
  if (typeof labels[0] === 'boolean') return 'bool'
  return labels.every((label) => Number.isInteger(label)) ? 'int32' : 'double'
}

/** Of two classes: the second one's probability is the answer, and the first has the rest. */
function binary(isByMargin: boolean): OnnxNode[] {
  return [
    { op: 'Sub', inputs: ['one', 'linked'], outputs: ['first'] },
    {
      op: 'Concat',
      inputs: ['first', 'linked'],
      outputs: ['probabilities'],
      attributes: { axis: { int: 1 } },
    },
    { op: 'Greater', inputs: [isByMargin ? 'sums' : 'linked', 'margin'], outputs: ['above'] },
    { op: 'Reshape', inputs: ['above', 'flat'], outputs: ['second'] },
    { op: 'Cast', inputs: ['second'], outputs: ['class'], attributes: { to: { int: 7 } } },
  ]
}

const several: readonly OnnxNode[] = [
  { op: 'Identity', inputs: ['linked'], outputs: ['probabilities'] },
  {
    op: 'ArgMax',
    inputs: ['sums'],
    outputs: ['class'],
    attributes: { axis: { int: 1 }, keepdims: { int: 0 } },
  },
]
