import { expect, test } from '@jest/globals'
import type { Command } from '../../src/commands/define-command.ts'
import { root, type Node } from '../../src/commands/tree.ts'
import { catalogue } from '../../src/errors.ts'
import { runBento } from './run-bento.ts'

interface Told {
  readonly error: {
    readonly code: keyof typeof catalogue
    readonly message: string
    readonly hint?: string
    readonly exit: number
  }
}

/** The last line of stderr; those before it say what was under way. */
async function failWith(line: string): Promise<Told & { readonly code: number; stdout: string }> {
  const { code, stdout, stderr } = await runBento(line)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the test is about whether it is so
  const told = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Told
  return { ...told, code, stdout }
}

const commands = await commandsWithJson(root, '')

test('knows the commands that print JSON', () => {
  expect(commands.length).toBeGreaterThan(20)
})

test.each(commands)('bento %s -o json tells a wrong flag as JSON', async (name) => {
  const { error, code, stdout } = await failWith(`${name} --no-such-flag -o json`)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(error).toEqual({
    code: 'USAGE',
    message: `\`bento ${name}\` has no flag "--no-such-flag"`,
    hint: expect.any(String),
    exit: 2,
  })
})

test.each([
  ['get iris', 'BENTO_NOT_FOUND'],
  ['models get iris', 'MODEL_NOT_FOUND'],
  ['build nowhere', 'TARGET_NOT_FOUND'],
  ['models import nowhere.onnx', 'FILE_NOT_FOUND'],
  ['verify', 'FILE_NOT_FOUND'],
  ['bench http://127.0.0.1:1', 'SERVICE_UNREACHABLE'],
  ['containerize iris', 'BENTO_NOT_FOUND'],
  ['push iris file:///nowhere', 'BENTO_NOT_FOUND'],
  ['deploy iris --target nowhere', 'DEPLOY_TARGET_UNKNOWN'],
  ['frobnicate', 'USAGE'],
  ['delete', 'USAGE'],
] as const)('bento %s -o json ends with %s and its exit code', async (line, expected) => {
  const { error, code, stdout } = await failWith(`${line} -o json`)
  expect(error).toMatchObject({ code: expected, exit: catalogue[expected].exit })
  expect({ code, stdout }).toEqual({ code: catalogue[expected].exit, stdout: '' })
})

test('a file that is named json is no wish for it', async () => {
  const { stderr } = await runBento('client nowhere -o json')
  expect(stderr).toMatch(/^TARGET_NOT_FOUND: /)
})

async function commandsWithJson(node: Node, name: string): Promise<string[]> {
  if (!('children' in node)) return printsJson(await node.load()) ? [name] : []
  const found: string[] = []
  for (const [child, next] of node.children) {
    found.push(...(await commandsWithJson(next, `${name} ${child}`.trim())))
  }
  return found
}

function printsJson({ flags }: Command): boolean {
  const output = flags?.['output']
  return output?.type === 'choice' && output.choices.includes('json')
}
