import { expect, test } from '@jest/globals'
import { cwdWithBentos } from './fill-store.ts'
import { runBento } from './run-bento.ts'

test('prints the manifest of a bento', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const { stdout } = await runBento('get iris', { cwd })
  expect(stdout).toMatch(/^format: 1\nname: iris\nversion: v1\nservice: IrisClassifier\n/)
})

test('prints the same as JSON', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const { stdout } = await runBento('get iris:v1 -o json', { cwd })
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'iris',
    version: 'v1',
    service: 'IrisClassifier',
  })
})

test.each([
  ['path', '<cwd>/home/bentos/iris/version2\n'],
  ['tag', 'iris:version2\n'],
])('prints the %s of the newest version', async (form, expected) => {
  const cwd = await cwdWithBentos(['iris:version1', 'iris:version2'])
  expect((await runBento(`get iris -o ${form}`, { cwd })).stdout).toBe(expected)
})

test('never wraps a long path', async () => {
  const tag = `${'n'.repeat(60)}:${'v'.repeat(60)}`
  const cwd = await cwdWithBentos([tag])
  const { stdout } = await runBento(`get ${tag} -o path`, { cwd, columns: 40 })
  expect(stdout).toBe(`<cwd>/home/bentos/${tag.replace(':', '/')}\n`)
})

test('names the missing bento and what was near', async () => {
  const cwd = await cwdWithBentos(['iris_classifier:v1'])
  expect(await runBento('get iris_clasifier', { cwd })).toMatchInlineSnapshot(`
{
  "code": 1,
  "stderr": "BENTO_NOT_FOUND: No bento is tagged "iris_clasifier"
  Did you mean "iris_classifier"? Run \`bento list\` to see what there is.
",
  "stdout": "",
}
`)
})

test('refuses a text that is no tag', async () => {
  expect(await runBento('get ../etc')).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "TAG_INVALID: "../etc" is not a tag: its name holds "/"
  Write name:version with letters, digits, dots, dashes and underscores, as iris_classifier:v1.
",
  "stdout": "",
}
`)
})

test('asks for more of a version that several begin with', async () => {
  const cwd = await cwdWithBentos(['iris:aa1', 'iris:aa2'])
  expect(await runBento('get iris:aa', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "TAG_AMBIGUOUS: "iris:aa" begins the version of 2 bentos
  Write more of it: iris:aa1, iris:aa2.
",
  "stdout": "",
}
`)
})
