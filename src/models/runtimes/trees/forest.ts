import { flatSums } from './flat.ts'
import { missingLeft, nodeKinds } from './model.ts'
import type { Forest, TreesHeader } from './model.ts'
import type { Sums } from './sums.ts'

/** Adds up the leaves of all trees for a block of rows, tree by tree, so that a tree is read once for many rows. */
export function forestSums(header: TreesHeader, forest: Forest): Sums {
  const flat = flatSums(header, forest)
  if (flat) return flat
  const walk = new Walk(header, forest)
  return (rows, count, sums) => walk.add(rows, count, sums)
}

// All but missingLeft.
const kindBits = 11

class Walk {
  readonly #forest: Forest
  readonly #missing: Int32Array
  readonly #features: number
  readonly #sums: number
  readonly #leafWidth: number
  readonly #isSingle: boolean

  constructor(header: TreesHeader, forest: Forest) {
    this.#forest = forest
    this.#missing = missingChildren(forest)
    this.#features = header.features
    this.#sums = header.base.length
    this.#leafWidth = header.leafWidth
    this.#isSingle = header.sums === 'float32'
  }

  add(rows: Float64Array, count: number, sums: Float64Array): void {
    const { roots, groups } = this.#forest
    for (let tree = 0; tree < roots.length; tree++) {
      for (let row = 0; row < count; row++) {
        const from = row * this.#features
        const leaf = this.#findLeaf(roots[tree] ?? 0, rows, from)
        const at = row * this.#sums + (groups[tree] ?? 0)
        for (let i = 0; i < this.#leafWidth; i++) {
          const sum = (sums[at + i] ?? 0) + this.#valueOf(leaf, i, { rows, from })
          sums[at + i] = this.#isSingle ? Math.fround(sum) : sum
        }
      }
    }
  }

  #findLeaf(root: number, rows: Float64Array, from: number): number {
    const { features, lefts, rights } = this.#forest
    let node = root
    while (node >= 0) {
      const x = rows[from + (features[node] ?? 0)] ?? 0
      if (this.#isMissing(node, x)) node = this.#missing[node] ?? 0
      else node = (this.#goesLeft(node, x) ? lefts[node] : rights[node]) ?? 0
    }
    return ~node
  }

  #isMissing(node: number, x: number): boolean {
    if (Number.isNaN(x)) return true
    return x === 0 && ((this.#forest.kinds[node] ?? 0) & kindBits) === nodeKinds.numberOrZero
  }

  #goesLeft(node: number, x: number): boolean {
    const kind = (this.#forest.kinds[node] ?? 0) & kindBits
    const threshold = this.#forest.thresholds[node] ?? 0
    if (kind === nodeKinds.equal) return x !== threshold
    if (kind === nodeKinds.category) return this.#isInSet(threshold, x)
    if (kind === nodeKinds.exactCategory) return Number.isInteger(x) && this.#isInSet(threshold, x)
    if (kind === nodeKinds.truncatedCategory) return this.#isInSet(threshold, Math.trunc(x))
    return x <= threshold
  }

  #isInSet(set: number, x: number): boolean {
    const { setStarts, setWords } = this.#forest
    const start = setStarts[set] ?? 0
    const size = ((setStarts[set + 1] ?? 0) - start) * 32
    if (!(x >= 0 && x < size)) return false
    const category = Math.trunc(x)
    return (((setWords[start + (category >> 5)] ?? 0) >>> (category & 31)) & 1) === 1
  }

  #valueOf(leaf: number, i: number, place: Place): number {
    const plain = this.#forest.leaves[leaf * this.#leafWidth + i] ?? 0
    return this.#forest.termStarts.length === 0 ? plain : this.#linearValue(leaf, plain, place)
  }

  /** The plain value when anything that it needs is missing. */
  #linearValue(leaf: number, plain: number, { rows, from }: Place): number {
    const { termStarts, termFeatures, termFactors, leafConstants } = this.#forest
    const end = termStarts[leaf + 1] ?? 0
    let value = leafConstants[leaf] ?? 0
    for (let term = termStarts[leaf] ?? end; term < end; term++) {
      const x = rows[from + (termFeatures[term] ?? 0)] ?? 0
      if (Number.isNaN(x)) return plain
      value += x * (termFactors[term] ?? 0)
    }
    return value
  }
}

interface Place {
  readonly rows: Float64Array
  readonly from: number
}

function missingChildren({ kinds, lefts, rights }: Forest): Int32Array {
  return lefts.map((left, node) => ((kinds[node] ?? 0) & missingLeft ? left : (rights[node] ?? 0)))
}
