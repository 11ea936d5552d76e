import type { TreesHeader, TreesModel } from '../../runtimes/trees/model.ts'
import { Fields } from '../fields.ts'
import { ForestBuilder } from '../forest-builder.ts'
import { unsupported } from '../unsupported.ts'
import { findObjective } from './objectives.ts'
import type { Objective } from './objectives.ts'
import { readTree } from './tree.ts'

export interface XgboostModel {
  readonly model: TreesModel
  readonly context: Readonly<Record<string, string | number>>
}

/**
 * A parsed model file of XGBoost 1.0 to 3.x. Throws a plain Error for what is missing, MODEL_UNSUPPORTED for what is
 * not done.
 */
export function readXgboost(parsed: unknown): XgboostModel {
  const file = new Fields(parsed)
  const learner = file.fields('learner')
  const booster = learner.fields('gradient_booster')
  const objectiveName = learner.fields('objective').text('name')
  const objective = findObjective(objectiveName)
  if (!objective) throw unsupported('XGBoost', `the objective "${objectiveName}"`)
  const header = readHeader(learner, objective)
  const name = booster.text('name')
  const model = readBooster(name, booster, { header, learner })
  const context = { booster: name, objective: objectiveName, trees: treesOf(model) }
  return { model, context: { ...context, version: versionOf(file) } }
}

function readHeader(learner: Fields, objective: Objective): TreesHeader {
  const params = learner.fields('learner_model_param')
  const classes = params.number('num_class')
  const targets = params.has('num_target') ? params.number('num_target') : 1
  const width = Math.max(classes, targets, 1)
  const { transform, isClassifier } = objective
  // Several targets of a binary objective are labels of their own, not classes of one.
  const hasClasses = isClassifier && targets <= 1
  return {
    features: params.number('num_feature'),
    featureNames: learner.has('feature_names') ? learner.texts('feature_names') : [],
    rows: 'float32',
    sums: 'float32',
    zeroBelow: 0,
    leafWidth: 1,
    base: readBase(params, width).map((score) => objective.toMargin(score)),
    divisor: 1,
    scale: 1,
    bias: [],
    transform: { name: transform },
    ...(hasClasses ? { classes: { count: Math.max(width, 2) } } : {}),
  }
}

/** One number, or from 3.1 on a list in brackets with one for all outputs or one for each. */
function readBase(params: Fields, width: number): number[] {
  const scores = params
    .text('base_score')
    .replaceAll(/[[\]]/g, '')
    .split(',')
    .map((score) => Math.fround(Number(score)))
  const isGood = scores.every((score) => Number.isFinite(score))
  if (!isGood || (scores.length !== 1 && scores.length !== width)) {
    throw new Error('base_score is not a number for each output')
  }
  return Array.from({ length: width }, (_, i) => scores[scores.length === 1 ? 0 : i] ?? 0)
}

interface Rest {
  readonly header: TreesHeader
  readonly learner: Fields
}

function readBooster(name: string, booster: Fields, { header, learner }: Rest): TreesModel {
  if (name === 'gblinear') return readLinear(booster.fields('model'), header)
  if (name === 'gbtree') return readTrees(booster.fields('model'), { header, learner })
  if (name !== 'dart') throw unsupported('XGBoost', `the booster "${name}"`)
  const weights = booster.numbers('weight_drop')
  return readTrees(booster.fields('gbtree').fields('model'), { header, learner, weights })
}

interface TreesRest extends Rest {
  /** Of dart: what each tree is multiplied with. */
  readonly weights?: readonly number[]
}

function readTrees(model: Fields, { header, learner, weights }: TreesRest): TreesModel {
  const groups = model.numbers('tree_info')
  const sources = model.list('trees')
  const first = sources[0]?.fields('tree_param')
  const leafWidth = Math.max(
    first?.has('size_leaf_vector') ? first.number('size_leaf_vector') : 1,
    1,
  )
  const builder = new ForestBuilder()
  const count = treeLimit(model, { learner, header, total: sources.length, leafWidth })
  for (const [i, source] of sources.slice(0, count).entries()) {
    const group = groups[i]
    if (group === undefined) throw new Error('tree_info is shorter than trees')
    const weigh = weights === undefined ? Math.fround : dropOut(weights[i] ?? NaN, header, learner)
    builder.add(readTree(source, { group, leafWidth, weigh }))
  }
  return { kind: 'forest', header: { ...header, leafWidth }, arrays: builder.build() }
}

/**
 * What dart makes of a leaf. The scikit-learn wrapper predicts in place, which adds base_score to each tree and takes
 * it off again; that rounds, and so it is done here too.
 */
function dropOut(
  weight: number,
  { base }: TreesHeader,
  learner: Fields,
): (leaf: number, group: number) => number {
  const single = Math.fround(weight)
  if (!isFromWrapper(learner)) return (leaf) => Math.fround(Math.fround(leaf) * single)
  return (leaf, group) => {
    const margin = base[group] ?? 0
    const rounded = Math.fround(Math.fround(Math.fround(leaf) + margin) - margin)
    return Math.fround(rounded * single)
  }
}

function isFromWrapper(learner: Fields): boolean {
  return learner.has('attributes') && learner.fields('attributes').has('scikit_learn')
}

interface LimitRest extends Rest {
  readonly total: number
  readonly leafWidth: number
}

/**
 * After early stopping the scikit-learn wrapper predicts with the trees up to the best round, the booster itself with
 * all: the file says which of them wrote it.
 */
function treeLimit(model: Fields, { learner, header, total, leafWidth }: LimitRest): number {
  if (!isFromWrapper(learner)) return total
  const attributes = learner.fields('attributes')
  if (!attributes.has('best_iteration')) return total
  const rounds = attributes.number('best_iteration') + 1
  if (model.has('iteration_indptr')) return model.numbers('iteration_indptr')[rounds] ?? total
  const params = model.fields('gbtree_model_param')
  const parallel = params.has('num_parallel_tree') ? params.number('num_parallel_tree') : 1
  const perRound = leafWidth > 1 ? 1 : header.base.length
  return Math.min(rounds * Math.max(parallel, 1) * perRound, total)
}

/** Weights feature by feature, then a bias for each output. */
function readLinear(model: Fields, header: TreesHeader): TreesModel {
  const all = model.numbers('weights').map(Math.fround)
  const size = header.features * header.base.length
  if (all.length !== size + header.base.length) throw new Error('weights has another length')
  // XGBoost 3.2 adds the first output's base_score to all of them.
  const margin = header.base[0] ?? 0
  const base = header.base.map((_, i) => Math.fround((all[size + i] ?? 0) + margin))
  const weights = Float64Array.from(all.slice(0, size))
  return { kind: 'linear', header: { ...header, base }, arrays: { weights } }
}

function treesOf(model: TreesModel): number {
  return model.kind === 'forest' ? model.arrays.roots.length : 0
}

function versionOf(file: Fields): string {
  return file.has('version') ? file.numbers('version').join('.') : 'unknown'
}
