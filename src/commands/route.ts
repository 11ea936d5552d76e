import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import type { GroupNode, Node } from './tree.ts'

/** What a command line names, and the words that are left for it. */
export interface Route {
  /** As `models list`; empty for `bento` itself. */
  readonly name: string
  readonly node: Node
  /** Flags before the name: they are global ones. */
  readonly leading: readonly string[]
  readonly rest: readonly string[]
}

/** Throws USAGE for a command that does not exist. */
export function findNode(root: Node, argv: readonly string[]): Route {
  const leading: string[] = []
  const names: string[] = []
  let node = root
  let at = 0
  for (; at < argv.length && 'children' in node; at++) {
    const word = argv[at] ?? ''
    if (word.startsWith('-')) {
      leading.push(word)
    } else if (word === 'help' && names.length === 0) {
      leading.push('--help')
    } else {
      node = childOf(node, names, word)
      names.push(word)
    }
  }
  return { name: names.join(' '), node, leading, rest: argv.slice(at) }
}

function childOf(group: GroupNode, names: readonly string[], word: string): Node {
  const child = group.children.get(word)
  if (child) return child
  const place = ['bento', ...names].join(' ')
  const meant = closest(word, group.children.keys())
  throw new BentoError('USAGE', `\`${place}\` has no command "${word}"`, {
    hint:
      meant === undefined
        ? `Run \`${place} --help\` to see its commands.`
        : `Did you mean \`${place} ${meant}\`?`,
  })
}
