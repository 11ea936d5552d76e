import { expect, test } from '@jest/globals'
import type { Command } from '../../src/commands/define-command.ts'
import { parseArgv } from '../../src/commands/parse.ts'
import { findNode } from '../../src/commands/route.ts'
import { root, type Node } from '../../src/commands/tree.ts'

const commands = await commandsOf(root, '')

test.each(commands)('every example of "bento %s" names it, and parses', (name, command) => {
  expect(command.examples).not.toEqual([])
  for (const example of command.examples) {
    expect(example).toContain(`bento ${name}`)
    const words = wordsOf(example)
    const { node, leading, rest } = findNode(root, words)
    expect('load' in node).toBe(true)
    expect(parseArgv(name, command, [...leading, ...rest])).toMatchObject({ type: 'run' })
  }
})

/** What a shell gives to `bento`, in the examples that there are: quotes, and an end at a pipe, a redirection or a comment. */
function wordsOf(example: string): string[] {
  const [, line = ''] = /\bbento ([^|#)>]*)/.exec(example) ?? []
  const words = line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)
  return [...words].map(([, single, double, plain]) => single ?? double ?? plain ?? '')
}

async function commandsOf(node: Node, name: string): Promise<[string, Command][]> {
  if (!('children' in node)) return [[name, await node.load()]]
  const found: [string, Command][] = []
  for (const [child, next] of node.children) {
    found.push(...(await commandsOf(next, `${name} ${child}`.trim())))
  }
  return found
}
