import { missingLeft, nodeKinds } from './model.ts'
import type { Forest, TreesHeader } from './model.ts'
import type { Sums } from './sums.ts'

/*
 * The quick way through forests of plain numbers. A branch on fresh data is guessed wrong half of the time, which costs
 * more than the step itself; so here is none. The right child stands behind the left one, and a step is
 *
 *   node = child[node] + (x > threshold[node])
 *
 * A leaf is its own child and its threshold is out of reach, so that every path of a tree can have as many steps as the
 * longest. Four walks at once keep the processor busy while each of them waits for memory. NaN is written into a row
 * twice, as -Infinity for nodes where what is missing goes left, and as Infinity for the others.
 */

interface Flat {
  readonly roots: Int32Array
  readonly depths: Int32Array
  readonly groups: Int32Array
  /** Column in a row of pairs. */
  readonly columns: Int32Array
  readonly thresholds: Float64Array
  readonly children: Int32Array
  /** Of leaves. */
  readonly values: Float64Array
}

/** Undefined for forests that need the other way. */
export function flatSums(header: TreesHeader, forest: Forest): Sums | undefined {
  if (header.leafWidth !== 1 || forest.termStarts.length > 0 || !isPlain(forest)) return undefined
  const flat = flatten(forest)
  return flat && new FlatWalk(header, flat).sums
}

function isPlain({ kinds, thresholds }: Forest): boolean {
  return kinds.every((kind, node) => {
    // Infinity, for what is missing, would not be above this threshold.
    const isReached = (kind & missingLeft) !== 0 || thresholds[node] !== Infinity
    return (kind & ~missingLeft) === nodeKinds.number && isReached
  })
}

interface Place {
  readonly child: number
  readonly at: number
  readonly depth: number
}

// A step here costs a third of one with a branch.
const maxWaste = 3

/** Level by level. Undefined when paths differ so much that walking all of them to the end does not pay. */
function flatten(forest: Forest): Flat | undefined {
  const size = forest.roots.length + 2 * forest.features.length
  const flat: Flat = {
    roots: new Int32Array(forest.roots.length),
    depths: new Int32Array(forest.roots.length),
    groups: forest.groups,
    columns: new Int32Array(size),
    thresholds: new Float64Array(size).fill(Infinity),
    children: new Int32Array(size),
    values: new Float64Array(size),
  }
  let end = 0
  let steps = 0
  let mean = 0
  for (const [tree, child] of forest.roots.entries()) {
    flat.roots[tree] = end
    const { used, depth, meanDepth } = flattenTree(flat, forest, { child, at: end, depth: 0 })
    flat.depths[tree] = depth
    end += used
    steps += depth
    mean += meanDepth
  }
  return steps <= mean * maxWaste ? flat : undefined
}

interface Laid {
  readonly used: number
  readonly depth: number
  /** Over the leaves. */
  readonly meanDepth: number
}

function flattenTree(flat: Flat, forest: Forest, root: Place): Laid {
  const places = [root]
  let leaves = 0
  let total = 0
  let depth = 0
  for (const place of places) {
    const { child: node, at } = place
    depth = Math.max(depth, place.depth)
    if (node < 0) {
      flat.children[at] = at
      flat.values[at] = forest.leaves[~node] ?? 0
      leaves += 1
      total += place.depth
      continue
    }
    const isLeft = ((forest.kinds[node] ?? 0) & missingLeft) !== 0
    const first = root.at + places.length
    flat.children[at] = first
    flat.columns[at] = 2 * (forest.features[node] ?? 0) + (isLeft ? 0 : 1)
    flat.thresholds[at] = forest.thresholds[node] ?? 0
    places.push({ child: forest.lefts[node] ?? 0, at: first, depth: place.depth + 1 })
    places.push({ child: forest.rights[node] ?? 0, at: first + 1, depth: place.depth + 1 })
  }
  return { used: places.length, depth, meanDepth: total / leaves }
}

class FlatWalk {
  readonly #flat: Flat
  readonly #features: number
  readonly #outputs: number
  readonly #isSingle: boolean
  #pairs = new Float64Array(0)

  constructor({ features, base, sums }: TreesHeader, flat: Flat) {
    this.#flat = flat
    this.#features = features
    this.#outputs = base.length
    this.#isSingle = sums === 'float32'
  }

  readonly sums: Sums = (rows, count, sums) => {
    this.#fill(rows, count)
    const together = count - (count % 4)
    if (together > 0) this.#addFourRows(together, sums)
    for (let row = together; row < count; row++) this.#addFourTrees(row, sums)
  }

  #fill(rows: Float64Array, count: number): void {
    const size = count * this.#features
    if (this.#pairs.length < 2 * size) this.#pairs = new Float64Array(2 * size)
    const pairs = this.#pairs
    for (let i = 0; i < size; i++) {
      const x = rows[i] ?? 0
      const isMissing = Number.isNaN(x)
      pairs[2 * i] = isMissing ? -Infinity : x
      pairs[2 * i + 1] = isMissing ? Infinity : x
    }
  }

  /** Hot. Four rows go through a tree side by side. */
  // oxlint-disable-next-line complexity -- because a call for each step would cost more than the step
  #addFourRows(count: number, sums: Float64Array): void {
    const { roots, depths, groups, columns, thresholds, children, values } = this.#flat
    const pairs = this.#pairs
    const width = 2 * this.#features
    const outputs = this.#outputs
    for (let tree = 0; tree < roots.length; tree++) {
      const root = roots[tree] ?? 0
      const depth = depths[tree] ?? 0
      let at = groups[tree] ?? 0
      for (let a = 0, end = count * width; a < end; a += 4 * width) {
        const b = a + width
        const c = b + width
        const d = c + width
        let i = root
        let j = root
        let k = root
        let l = root
        for (let left = depth; left > 0; left--) {
          i = (children[i] ?? 0) + +((pairs[a + (columns[i] ?? 0)] ?? 0) > (thresholds[i] ?? 0))
          j = (children[j] ?? 0) + +((pairs[b + (columns[j] ?? 0)] ?? 0) > (thresholds[j] ?? 0))
          k = (children[k] ?? 0) + +((pairs[c + (columns[k] ?? 0)] ?? 0) > (thresholds[k] ?? 0))
          l = (children[l] ?? 0) + +((pairs[d + (columns[l] ?? 0)] ?? 0) > (thresholds[l] ?? 0))
        }
        this.#add(sums, at, values[i] ?? 0)
        this.#add(sums, at + outputs, values[j] ?? 0)
        this.#add(sums, at + 2 * outputs, values[k] ?? 0)
        this.#add(sums, at + 3 * outputs, values[l] ?? 0)
        at += 4 * outputs
      }
    }
  }

  /** Hot. A row alone goes through four trees side by side; a tree that is not there has no steps. */
  // oxlint-disable-next-line complexity -- because a call for each step would cost more than the step
  #addFourTrees(row: number, sums: Float64Array): void {
    const { roots, groups, columns, thresholds, children, values } = this.#flat
    const pairs = this.#pairs
    const a = row * 2 * this.#features
    const at = row * this.#outputs
    const trees = roots.length
    for (let tree = 0; tree < trees; tree += 4) {
      let i = roots[tree] ?? 0
      let j = roots[tree + 1 < trees ? tree + 1 : tree] ?? 0
      let k = roots[tree + 2 < trees ? tree + 2 : tree] ?? 0
      let l = roots[tree + 3 < trees ? tree + 3 : tree] ?? 0
      for (let left = this.#deepest(tree); left > 0; left--) {
        i = (children[i] ?? 0) + +((pairs[a + (columns[i] ?? 0)] ?? 0) > (thresholds[i] ?? 0))
        j = (children[j] ?? 0) + +((pairs[a + (columns[j] ?? 0)] ?? 0) > (thresholds[j] ?? 0))
        k = (children[k] ?? 0) + +((pairs[a + (columns[k] ?? 0)] ?? 0) > (thresholds[k] ?? 0))
        l = (children[l] ?? 0) + +((pairs[a + (columns[l] ?? 0)] ?? 0) > (thresholds[l] ?? 0))
      }
      this.#add(sums, at + (groups[tree] ?? 0), values[i] ?? 0)
      if (tree + 1 < trees) this.#add(sums, at + (groups[tree + 1] ?? 0), values[j] ?? 0)
      if (tree + 2 < trees) this.#add(sums, at + (groups[tree + 2] ?? 0), values[k] ?? 0)
      if (tree + 3 < trees) this.#add(sums, at + (groups[tree + 3] ?? 0), values[l] ?? 0)
    }
  }

  #deepest(tree: number): number {
    const { depths } = this.#flat
    let deepest = depths[tree] ?? 0
    for (let i = tree + 1; i < tree + 4 && i < depths.length; i++) {
      deepest = Math.max(deepest, depths[i] ?? 0)
    }
    return deepest
  }

  #add(sums: Float64Array, at: number, value: number): void {
    const sum = (sums[at] ?? 0) + value
    sums[at] = this.#isSingle ? Math.fround(sum) : sum
  }
}
