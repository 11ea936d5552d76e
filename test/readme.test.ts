import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { globSync } from 'tinyglobby'
import { root, type Node } from '../src/commands/tree.ts'
import { catalogue } from '../src/errors.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const readme = read('README.md')

function read(file: string): string {
  return readFileSync(`${repository}/${file}`, 'utf8')
}

function textOf(pattern: string, ignore: readonly string[] = []): string {
  return globSync(pattern, { cwd: repository, ignore }).map(read).join('\n')
}

test('lists every error code with its exit code and status, and no other', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (\d+) \|$/gm)]
  expect(rows.map(([, code, exit, status]) => [code, Number(exit), Number(status)])).toEqual(
    Object.entries(catalogue).map(([code, { exit, status }]) => [code, exit, status]),
  )
})

test('docs/errors.md says of every code what to do, and of no other', () => {
  const rows = [
    ...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (\d+) \| \S.* \|$/gm),
  ]
  expect(rows.map(([, code, exit, status]) => [code, Number(exit), Number(status)])).toEqual(
    Object.entries(catalogue).map(([code, { exit, status }]) => [code, exit, status]),
  )
})

test('throws every code somewhere, and provokes it in a test', () => {
  const sources = textOf('src/**/*.ts', ['src/errors.ts'])
  const tests = textOf('test/**/*.ts', ['test/readme.test.ts'])
  const codes = Object.keys(catalogue)
  expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([])
  expect(codes.filter((code) => !tests.includes(code))).toEqual([])
})

test('lists every command', () => {
  const listed = [...readme.matchAll(/^\| `bento ([a-z -]+?)(?: [[A-Z].*)?` \|/gm)]
  expect(listed.map((match) => match[1])).toEqual(commandsOf(root))
})

test('starts with the two commands that work on a fresh clone', () => {
  expect(readme).toMatch(/```sh\nnpm ci && npm start .*\nnpm ci && npm test .*\n```/)
})

function commandsOf(node: Node, name = ''): string[] {
  if (!('children' in node)) return [name]
  return [...node.children].flatMap(([child, next]) => commandsOf(next, `${name} ${child}`.trim()))
}
