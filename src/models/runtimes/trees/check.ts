import type { Forest, ObliviousForest, TreesHeader, TreesModel } from './model.ts'
import { isTransform } from './transforms.ts'

// Far above any model, and far below what memory cannot hold.
const maxFeatures = 1e7

/** Throws a plain Error where a walk could leave the arrays or not come to an end. */
export function checkModel(model: TreesModel): void {
  const { header } = model
  checkHeader(header)
  if (model.kind === 'forest') checkForest(header, model.arrays)
  else if (model.kind === 'oblivious') checkOblivious(header, model.arrays)
  else demand(model.arrays.weights.length === header.features * header.base.length, 'weights')
}

function checkHeader({ features, base, bias, leafWidth, divisor, ...rest }: TreesHeader): void {
  demand(Number.isSafeInteger(features) && features > 0 && features < maxFeatures, 'features')
  demand(base.length > 0 && base.every(Number.isFinite), 'base')
  demand([0, base.length].includes(bias.length) && bias.every(Number.isFinite), 'bias')
  demand(leafWidth === 1 || leafWidth === base.length, 'leaf width')
  demand(divisor > 0 && Number.isFinite(rest.scale), 'scale')
  demand(rest.zeroBelow >= 0, 'zero')
  demand(precisions.has(rest.rows) && precisions.has(rest.sums), 'precision')
  demand(isTransform(rest.transform.name), 'transform')
  if (rest.categories) checkCategories(rest.categories, rest.featureNames, features)
}

/** Each column is an input, by its name. */
function checkCategories(
  categories: readonly number[],
  names: readonly string[],
  features: number,
): void {
  const places = new Set(Array.from({ length: features }, (_, place) => place))
  demand(
    categories.every((place) => places.has(place)),
    'categories',
  )
  demand(names.length === features && new Set(names).size === features, 'feature names')
}

const precisions = new Set(['float32', 'float64'])

function demand(isGood: boolean, what: string): void {
  if (!isGood) throw new Error(`its ${what} cannot be`)
}

function checkForest(header: TreesHeader, forest: Forest): void {
  const { features, thresholds, lefts, rights, kinds, leaves } = forest
  const nodes = features.length
  const ofNodes = [thresholds, lefts, rights, kinds]
  demand(
    ofNodes.every((array) => array.length === nodes),
    'nodes',
  )
  const leafCount = leaves.length / header.leafWidth
  demand(Number.isInteger(leafCount), 'leaves')
  const isChild = (child: number, parent: number): boolean =>
    child < 0 ? ~child < leafCount : child > parent && child < nodes
  demand(
    lefts.every((child, node) => isChild(child, node)),
    'left children',
  )
  demand(
    rights.every((child, node) => isChild(child, node)),
    'right children',
  )
  demand(
    forest.roots.every((root) => isChild(root, -1)),
    'roots',
  )
  demand(areFeatures(features, header), 'features')
  checkGroups(header, forest)
  checkSets(forest)
  checkTerms(header, forest, leafCount)
}

function areFeatures(features: Int32Array, header: TreesHeader): boolean {
  return features.every((feature) => feature >= 0 && feature < header.features)
}

function checkGroups({ base, leafWidth }: TreesHeader, { roots, groups }: Forest): void {
  demand(groups.length === roots.length, 'groups')
  demand(
    groups.every((group) => group >= 0 && group + leafWidth <= base.length),
    'groups',
  )
}

function checkSets({ setStarts, setWords }: Forest): void {
  demand(isRising(setStarts, setWords.length), 'sets')
}

function checkTerms(header: TreesHeader, forest: Forest, leafCount: number): void {
  const { termStarts, termFeatures, termFactors, leafConstants } = forest
  if (termStarts.length === 0) return
  demand(termStarts.length === leafCount + 1 && leafConstants.length === leafCount, 'terms')
  demand(isRising(termStarts, termFeatures.length), 'terms')
  demand(termFactors.length === termFeatures.length && areFeatures(termFeatures, header), 'terms')
}

function checkOblivious(header: TreesHeader, forest: ObliviousForest): void {
  const { levelStarts, features, borders, missingBits, leafStarts, leaves } = forest
  demand(isRising(levelStarts, features.length), 'levels')
  demand(borders.length === features.length && missingBits.length === features.length, 'levels')
  demand(levelStarts.length === leafStarts.length + 1, 'trees')
  demand(areFeatures(features, header), 'features')
  demand(header.leafWidth === header.base.length, 'leaf width')
  const holds = (start: number, tree: number): boolean => {
    const depth = (levelStarts[tree + 1] ?? 0) - (levelStarts[tree] ?? 0)
    return start >= 0 && depth < 31 && start + 2 ** depth * header.leafWidth <= leaves.length
  }
  demand(leafStarts.every(holds), 'leaves')
}

/** From 0 to `end` without a step back. */
function isRising(starts: Int32Array, end: number): boolean {
  if (starts[0] !== 0 || starts.at(-1) !== end) return false
  return starts.every((start, i) => i === 0 || start >= (starts[i - 1] ?? 0))
}
