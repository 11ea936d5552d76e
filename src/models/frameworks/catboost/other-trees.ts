import { nodeKinds } from '../../runtimes/trees/model.ts'
import type { Forest, TreesHeader } from '../../runtimes/trees/model.ts'
import type { Fields } from '../fields.ts'
import { ForestBuilder } from '../forest-builder.ts'
import type { SourceNode, SourceSplit } from '../forest-builder.ts'
import { readSplit } from './features.ts'
import type { Features, Split } from './features.ts'

interface Rest {
  readonly header: TreesHeader
  readonly features: Features
}

/** Trees that are not oblivious, written as nodes inside nodes. */
export function readForest(trees: readonly Fields[], { header, features }: Rest): Forest {
  const builder = new ForestBuilder()
  for (const tree of trees) {
    // A node's number is its place here, in the order in which they are met.
    const nodes = [tree]
    const read = (id: number): SourceNode => {
      const node = nodes[id]
      if (!node) throw new Error(`a tree has no node ${id}`)
      if (!node.has('split')) return { values: readLeaf(node, header.leafWidth) }
      const left = nodes.push(node.fields('left')) - 1
      const right = nodes.push(node.fields('right')) - 1
      return { ...toNode(readSplit(node.fields('split'), features)), left, right }
    }
    // Nodes inside nodes have no circles.
    builder.add({ group: 0, root: 0, size: Infinity, read })
  }
  return builder.build()
}

type Choice = Pick<SourceSplit, 'feature' | 'threshold' | 'isMissingLeft' | 'kind'>

function toNode(split: Split): Choice {
  const { column: feature } = split
  if ('hash' in split) {
    return { feature, threshold: split.hash, isMissingLeft: true, kind: nodeKinds.equal }
  }
  const { border: threshold, isMissingAbove } = split
  return { feature, threshold, isMissingLeft: !isMissingAbove, kind: nodeKinds.number }
}

function readLeaf(node: Fields, width: number): number[] {
  const values =
    width === 1 && !isList(node.raw('value')) ? [node.number('value')] : node.numbers('value')
  if (values.length !== width) throw new Error(`a leaf has ${values.length} numbers`)
  return values
}

function isList(value: unknown): boolean {
  return Array.isArray(value)
}
