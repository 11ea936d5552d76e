import fc from 'fast-check'

/** A tree as a person would draw it; how it is walked is up to whose format it is written in. */
export type RandomTree = RandomLeaf | RandomSplit

interface RandomLeaf {
  readonly value: number
}

export interface RandomSplit {
  readonly feature: number
  readonly threshold: number
  /** Where it is there, the split is by category. */
  readonly categories?: readonly number[]
  readonly isDefaultLeft: boolean
  /** LightGBM's: 0 none, 1 zero, 2 NaN. */
  readonly missingType: number
  readonly left: RandomTree
  readonly right: RandomTree
}

export const featureCount = 4

// Few, so that rows stand on thresholds and in sets as often as beside them.
const thresholds = [-1.5, -0.1, 0, 1e-36, 0.1, 0.30000001192092896, 2, 3]
const values = [...thresholds, NaN, -0, 0.2, 1, 2.5, 5, 40, -1, -0.5, 1e30, Infinity, -Infinity]

const leaf: fc.Arbitrary<RandomTree> = fc.record({
  value: fc.double({ min: -10, max: 10, noNaN: true }),
})

const { tree } = fc.letrec<{ tree: RandomTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.record(
      {
        feature: fc.nat(featureCount - 1),
        threshold: fc.constantFrom(...thresholds),
        categories: fc.uniqueArray(fc.constantFrom(0, 1, 2, 5, 31, 32, 40), { minLength: 1 }),
        isDefaultLeft: fc.boolean(),
        missingType: fc.nat(2),
        left: tie('tree'),
        right: tie('tree'),
      },
      {
        requiredKeys: ['feature', 'threshold', 'isDefaultLeft', 'missingType', 'left', 'right'],
      },
    ),
  ),
}))

export const randomTrees = fc.array(tree, { minLength: 1, maxLength: 6 })

const row = fc.array(fc.constantFrom(...values), {
  minLength: featureCount,
  maxLength: featureCount,
})

/** More than the four that are walked side by side, and not a multiple of it. */
export const randomRows = fc.array(row, { minLength: 1, maxLength: 11 })

export function isSplit(node: RandomTree): node is RandomSplit {
  return 'left' in node
}

/** The leaf that `goesLeft` leads to. */
export function walk(node: RandomTree, goesLeft: (split: RandomSplit) => boolean): number {
  if (!isSplit(node)) return node.value
  return walk(goesLeft(node) ? node.left : node.right, goesLeft)
}
