import { expect, test } from '@jest/globals'
import { cwdWithBentos, cwdWithModels } from '../fill-store.ts'
import { runBento } from '../run-bento.ts'

async function complete(cwd: string | undefined, ...words: readonly string[]): Promise<string[]> {
  const line = ['completion', 'bash', '--', ...words]
  const { code, stdout, stderr } = await runBento(line, cwd === undefined ? {} : { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').flatMap((each) => (each === '' ? [] : [each.split('\t')[0] ?? '']))
}

test.each<[string, readonly string[], readonly string[]]>([
  ['commands', ['con'], ['containerize']],
  ['commands of a noun', ['models', 'e'], ['export']],
  ['flags', ['serve', '--por'], ['--port']],
  ['flags that take something away', ['build', '--no-'], ['--no-check']],
  ['global flags', ['--ver'], ['--verbose', '--version']],
  ['choices of a flag', ['get', 'x', '-o', 'j'], ['json']],
  ['choices of an argument', ['completion', ''], ['bash', 'zsh', 'fish']],
  ['nothing for a port', ['serve', '--port', ''], []],
  ['files where a file is wanted', ['models', 'import', ''], [':files']],
  ['files for a flag that wants one', ['init', '--model', ''], [':files']],
  ['nothing after the last argument', ['get', 'a', ''], []],
  ['the argument after flags with values', ['models', 'import', '--name', 'x', ''], [':files']],
])('completes %s', async (_, words, expected) => {
  expect(await complete(undefined, ...words)).toEqual(expected)
})

test('completes the tags that the store has now', async () => {
  const cwd = await cwdWithBentos(['iris:v1', 'iris:v2', 'fraud:v1'])
  expect(await complete(cwd, 'get', 'ir')).toEqual(['iris:latest', 'iris:v2', 'iris:v1'])
  expect(await complete(cwd, 'serve', 'iris:v1')).toEqual(['iris:v1', ':files'])
  expect(await complete(cwd, 'delete', 'fraud:v1', 'iris:v1')).toEqual(['iris:v1'])
})

test('completes models where models are named', async () => {
  const cwd = await cwdWithModels(['tiny:v1'])
  expect(await complete(cwd, 'models', 'get', '')).toEqual(['tiny:latest', 'tiny:v1'])
  expect(await complete(cwd, 'get', '')).toEqual([])
  for (const name of ['serve', 'build', 'bench', 'init']) {
    const tags = await complete(cwd, name, '--model', 'ti')
    expect(tags).toEqual(['tiny:latest', 'tiny:v1', ':files'])
  }
})

test('knows no other shell', async () => {
  const { code, stderr } = await runBento('completion powershell')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^USAGE: "powershell" is no shell/)
})
