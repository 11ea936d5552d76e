import { nodeKinds } from '../../runtimes/trees/model.ts'
import type { Forest, TreesHeader } from '../../runtimes/trees/model.ts'
import type { Fields } from '../fields.ts'
import { ForestBuilder } from '../forest-builder.ts'
import type { SourceNode } from '../forest-builder.ts'
import { readSplit } from './features.ts'
import type { Features } from './features.ts'

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
      const { column, border, isMissingAbove } = readSplit(node.fields('split'), features)
      const left = nodes.push(node.fields('left')) - 1
      const right = nodes.push(node.fields('right')) - 1
      const isMissingLeft = !isMissingAbove
      return {
        feature: column,
        threshold: border,
        left,
        right,
        isMissingLeft,
        kind: nodeKinds.number,
      }
    }
    // Nodes inside nodes have no circles.
    builder.add({ group: 0, root: 0, size: Infinity, read })
  }
  return builder.build()
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
