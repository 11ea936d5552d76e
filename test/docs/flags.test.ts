import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { globSync } from 'tinyglobby'
import { type Command, flagName } from '../../src/commands/define-command.ts'
import { type Node, root } from '../../src/commands/tree.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const generated = ['docs/commands/**']
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/*/README.md'], {
  cwd: repository,
  ignore: generated,
})

const common = ['--help', '--quiet', '--verbose', '--version']

test.each(pages)('%s types only flags that commands have', async (page) => {
  const unknown: string[] = []
  for (const { words, flags } of linesOf(readFileSync(`${repository}/${page}`, 'utf8'))) {
    const command = await findCommand(root, words)
    const known = command ? [...common, ...flagsOf(command)] : []
    unknown.push(...flags.filter((flag) => !known.includes(flag)).map((flag) => `${words} ${flag}`))
  }
  expect(unknown).toEqual([])
})

test('reads command lines as they stand in the pages', () => {
  const [line] = linesOf('see `bento models import a.onnx --name iris --all` and --other')
  expect(line).toEqual({ words: 'models import', flags: ['--name', '--all'] })
})

interface Line {
  readonly words: string
  readonly flags: readonly string[]
}

/** Each `bento …` that has flags, up to where it ends in a text or a shell. */
function linesOf(text: string): Line[] {
  const found = text.matchAll(/\bbento ((?:models |deployment )?[a-z]+)\b([^`\n;|#]*)/g)
  return [...found].flatMap(([, words = '', rest = '']) => {
    const flags = [...rest.matchAll(/(?<=\s)--[a-z][a-z-]*(?![\w…-])/g)].map(([flag]) => flag)
    return flags.length > 0 ? [{ words, flags }] : []
  })
}

async function findCommand(from: Node, words: string): Promise<Command | undefined> {
  let node: Node | undefined = from
  for (const word of words.split(' ')) {
    node = node && 'children' in node ? node.children.get(word) : undefined
  }
  return node && 'load' in node ? node.load() : undefined
}

function flagsOf({ flags = {} }: Command): string[] {
  return Object.keys(flags).flatMap((key) => {
    const name = flagName(key)
    return [name, name.replace('--', '--no-')]
  })
}
