import { missingLeft } from '../runtimes/trees/model.ts'
import type { Forest } from '../runtimes/trees/model.ts'

/** A node as its framework's file has it; children are the file's own ids. */
export type SourceNode = SourceSplit | SourceLeaf

export interface SourceSplit {
  readonly feature: number
  readonly threshold: number
  readonly left: number
  readonly right: number
  readonly isMissingLeft: boolean
  /** One of nodeKinds. */
  readonly kind: number
  /** Of category nodes: a bit for each category that goes left. */
  readonly set?: ArrayLike<number>
}

interface SourceLeaf {
  readonly values: readonly number[]
  readonly linear?: LinearLeaf
}

interface LinearLeaf {
  readonly constant: number
  readonly features: readonly number[]
  readonly factors: readonly number[]
}

export interface SourceTree {
  /** First output that the leaves are added to. */
  readonly group: number
  readonly root: number
  /** How many nodes and leaves the file has, which bounds the walk. */
  readonly size: number
  readonly read: (id: number) => SourceNode
}

/** Lays out trees as the runtime wants them: parents before children, left children next to their parent. */
export class ForestBuilder {
  readonly #roots: number[] = []
  readonly #groups: number[] = []
  readonly #features: number[] = []
  readonly #thresholds: number[] = []
  readonly #lefts: number[] = []
  readonly #rights: number[] = []
  readonly #kinds: number[] = []
  readonly #leaves: number[] = []
  readonly #setStarts: number[] = [0]
  readonly #setWords: number[] = []
  readonly #linears: (LinearLeaf | undefined)[] = []

  /** Throws a plain Error when the tree has a circle in it. */
  add(tree: SourceTree): void {
    this.#groups.push(tree.group)
    const open: Open[] = [{ id: tree.root, place: (child) => this.#roots.push(child) }]
    let seen = 0
    for (let next = open.pop(); next; next = open.pop()) {
      if (++seen > tree.size) throw new Error('a tree has more paths than nodes')
      const source = tree.read(next.id)
      next.place('values' in source ? this.#addLeaf(source) : this.#addSplit(source, open))
    }
  }

  build(): Forest {
    const hasLinear = this.#linears.some((linear) => linear !== undefined)
    const linears = hasLinear ? this.#linears : []
    return {
      roots: Int32Array.from(this.#roots),
      groups: Int32Array.from(this.#groups),
      features: Int32Array.from(this.#features),
      thresholds: Float64Array.from(this.#thresholds),
      lefts: Int32Array.from(this.#lefts),
      rights: Int32Array.from(this.#rights),
      kinds: Uint8Array.from(this.#kinds),
      leaves: Float64Array.from(this.#leaves),
      setStarts: Int32Array.from(this.#setStarts),
      setWords: Uint32Array.from(this.#setWords),
      termStarts: hasLinear ? startsOf(linears) : new Int32Array(0),
      termFeatures: Int32Array.from(linears.flatMap((linear) => linear?.features ?? [])),
      termFactors: Float64Array.from(linears.flatMap((linear) => linear?.factors ?? [])),
      leafConstants: Float64Array.from(linears, (linear) => linear?.constant ?? 0),
    }
  }

  #addLeaf({ values, linear }: SourceLeaf): number {
    this.#leaves.push(...values)
    this.#linears.push(linear)
    return ~(this.#linears.length - 1)
  }

  #addSplit(split: SourceSplit, open: Open[]): number {
    const node = this.#features.length
    this.#features.push(split.feature)
    this.#thresholds.push(split.set ? this.#addSet(split.set) : split.threshold)
    this.#kinds.push(split.kind | (split.isMissingLeft ? missingLeft : 0))
    this.#lefts.push(0)
    this.#rights.push(0)
    // The last that is pushed is laid out first.
    open.push({ id: split.right, place: (child) => (this.#rights[node] = child) })
    open.push({ id: split.left, place: (child) => (this.#lefts[node] = child) })
    return node
  }

  #addSet(words: ArrayLike<number>): number {
    for (let i = 0; i < words.length; i++) this.#setWords.push(words[i] ?? 0)
    this.#setStarts.push(this.#setWords.length)
    return this.#setStarts.length - 2
  }
}

interface Open {
  readonly id: number
  readonly place: (child: number) => void
}

function startsOf(linears: readonly (LinearLeaf | undefined)[]): Int32Array {
  const starts = new Int32Array(linears.length + 1)
  for (const [i, linear] of linears.entries()) {
    starts[i + 1] = (starts[i] ?? 0) + (linear?.features.length ?? 0)
  }
  return starts
}
