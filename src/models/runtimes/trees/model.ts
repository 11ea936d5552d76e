/** How a node chooses. `x` is the row's value of the node's feature. */
export const nodeKinds = {
  /** Left when x <= threshold. NaN goes to the node's missing side. */
  number: 0,
  /** As `number`, but zero is missing as well. */
  numberOrZero: 1,
  /** Left when x is in the set. Nothing below zero is. NaN goes to the missing side. */
  category: 2,
  /** As `category`, but the fraction is cut off first, so that -0.5 is category 0. */
  truncatedCategory: 3,
  /** As `category`, but a number with a fraction is in no set. */
  exactCategory: 8,
  /** Right when x is the threshold. */
  equal: 9,
} as const

/** Bit of a node's kind: what is missing goes left. */
export const missingLeft = 4

/**
 * Many trees in arrays. A child below zero is a leaf, `~child` its number; other children come after their parent, so
 * that no walk can go round in circles.
 */
export interface Forest {
  /** For each tree its first node, or its only leaf as `~leaf`. */
  readonly roots: Int32Array
  /** For each tree the first output that its leaves are added to. */
  readonly groups: Int32Array
  readonly features: Int32Array
  /** Of category nodes: the number of the set. */
  readonly thresholds: Float64Array
  readonly lefts: Int32Array
  readonly rights: Int32Array
  /** One of nodeKinds, with missingLeft. */
  readonly kinds: Uint8Array
  /** `leafWidth` numbers for each leaf. */
  readonly leaves: Float64Array
  /** Where the words of each set start; one more at the end. */
  readonly setStarts: Int32Array
  readonly setWords: Uint32Array
  /** Where the terms of each leaf start, one more at the end; empty without linear leaves. */
  readonly termStarts: Int32Array
  readonly termFeatures: Int32Array
  readonly termFactors: Float64Array
  /** What the terms of a leaf are added to. */
  readonly leafConstants: Float64Array
}

/** In the place of a level's bit for NaN: the level asks for a category. */
export const equalLevel = 2

/** Trees that ask the same of all nodes of a level: the answers are the bits of the leaf, the first level's the lowest. */
export interface ObliviousForest {
  /** Where the levels of each tree start; one more at the end. */
  readonly levelStarts: Int32Array
  readonly features: Int32Array
  /** The bit is set when x > border, or when it is the border where a level asks for that. */
  readonly borders: Float64Array
  /** The bit of NaN, or `equalLevel`. */
  readonly missingBits: Uint8Array
  /** Where the leaves of each tree start. */
  readonly leafStarts: Int32Array
  readonly leaves: Float64Array
}

/** A weight for each feature and output, feature by feature; no trees at all. */
export interface LinearWeights {
  readonly weights: Float64Array
}

type Precision = 'float32' | 'float64'

/** What turns the sums of a row into the answer; `alpha` is the steepness of a sigmoid, or the depth of isolation. */
export interface Transform {
  readonly name:
    | 'identity'
    | 'sigmoid'
    | 'softmax'
    | 'argmax'
    | 'exp'
    | 'step'
    | 'signed-square'
    | 'log1p-exp'
    | 'isolation'
  readonly alpha?: number
}

/** All of a model but its arrays. */
export interface TreesHeader {
  /** Numbers in a row. */
  readonly features: number
  /** Empty when the file names none. */
  readonly featureNames: readonly string[]
  /** Which of them are categories: words, by their hash. Without any, a model takes its rows as one tensor. */
  readonly categories?: readonly number[]
  /** Of the rows' values as they are compared. */
  readonly rows: Precision
  /** In which sums, links and answers are rounded. */
  readonly sums: Precision
  /** Values no farther from zero than this are zero; LightGBM's rule. */
  readonly zeroBelow: number
  /** Numbers in a leaf: 1, or all outputs. */
  readonly leafWidth: number
  /** What each output's sum starts with; its length is the number of sums. */
  readonly base: readonly number[]
  /** Sums are divided by this, for the mean over trees. */
  readonly divisor: number
  readonly scale: number
  /** Added after the scale; empty for none. */
  readonly bias: readonly number[]
  readonly transform: Transform
  /** Set for classifiers: how many classes, and their labels where the file has them. */
  readonly classes?: ClassLabels
}

export interface ClassLabels {
  readonly count: number
  /** Labels that the file gives, all of one type; the numbers from 0 without. */
  readonly labels?: readonly (string | number | boolean)[]
  /** It tells classes apart without saying how likely they are. */
  readonly isPlain?: boolean
  /** Of two classes: a sum above it is of the second. Without it a probability above one half is. */
  readonly margin?: number
}

export type TreesModel =
  | { readonly kind: 'forest'; readonly header: TreesHeader; readonly arrays: Forest }
  | { readonly kind: 'oblivious'; readonly header: TreesHeader; readonly arrays: ObliviousForest }
  | { readonly kind: 'linear'; readonly header: TreesHeader; readonly arrays: LinearWeights }
