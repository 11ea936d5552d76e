import { expect, test } from '@jest/globals'
import { root } from '../../src/commands/tree.ts'
import type { Node } from '../../src/commands/tree.ts'
import { runBento } from './run-bento.ts'

test.each(linesOf(root, ''))('help of "bento %s"', async (line) => {
  const { code, stdout, stderr } = await runBento(`${line} --help`)
  expect(code).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toMatchSnapshot()
})

test.each(linesOf(root, ''))('help of "bento %s" fits a terminal', async (line) => {
  const { stdout } = await runBento(`${line} --help`)
  expect(stdout.split('\n').filter((each) => each.length > 110)).toEqual([])
})

function linesOf(node: Node, name: string): string[] {
  if (!('children' in node)) return [name]
  const below = [...node.children].flatMap(([child, each]) =>
    linesOf(each, `${name} ${child}`.trim()),
  )
  return [name, ...below]
}
