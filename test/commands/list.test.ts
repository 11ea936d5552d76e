import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { cwdWithBentos } from './fill-store.ts'
import { runBento } from './run-bento.ts'

function withoutSizes({ stdout }: { stdout: string }): string {
  return stdout.replaceAll(/\b\d{3}\b/g, '###')
}

const long = `iris:${'v'.repeat(60)}`

test('says what to do when there is nothing', async () => {
  expect(await runBento('list')).toMatchInlineSnapshot(`
{
  "code": 0,
  "stderr": "No bentos yet. Make one with \`bento build\`.
",
  "stdout": "Tag  Size  Model Size  Creation Time
",
}
`)
})

test('prints an empty list as JSON when there is nothing', async () => {
  expect((await runBento('list -o json')).stdout).toBe('[]\n')
})

test('shows bentos as a table, newest first', async () => {
  const cwd = await cwdWithBentos(['iris:v1', 'wine:v1', 'iris:v2'])
  expect(withoutSizes(await runBento('list', { cwd }))).toMatchInlineSnapshot(`
"Tag      Size   Model Size  Creation Time
iris:v2  ### B  0 B         <local time>      
wine:v1  ### B  0 B         <local time>      
iris:v1  ### B  0 B         <local time>      
"
`)
})

test('shows only bentos of a name', async () => {
  const cwd = await cwdWithBentos(['iris:v1', 'wine:v1'])
  expect(withoutSizes(await runBento('list wine -o json', { cwd }))).toMatchInlineSnapshot(`
"[
  {
    "tag": "wine:v1",
    "size": ###,
    "model_size": 0,
    "creation_time": "<time>"
  }
]
"
`)
})

test('prints YAML', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect(withoutSizes(await runBento('list -o yaml', { cwd }))).toMatchInlineSnapshot(`
"- tag: iris:v1
  size: ###
  model_size: 0
  creation_time: <time>
"
`)
})

test('never cuts a tag that goes into a pipe', async () => {
  const cwd = await cwdWithBentos([long])
  expect((await runBento('list', { cwd })).stdout).toContain(long)
})

test('cuts a tag that is too long for the terminal', async () => {
  const cwd = await cwdWithBentos([long])
  const { stdout } = await runBento('list', { cwd, columns: 70 })
  expect(stdout).toMatch(/^iris:v+… /m)
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(70)
})

test('fails for a name that nothing has', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect(await runBento('list irsi', { cwd })).toMatchInlineSnapshot(`
{
  "code": 1,
  "stderr": "BENTO_NOT_FOUND: No bento is tagged "irsi"
  Did you mean "iris"? Run \`bento list\` to see what there is.
",
  "stdout": "",
}
`)
})

test('warns of a broken version and lists the others', async () => {
  const cwd = await cwdWithBentos(['iris:v1', 'iris:v2'])
  await writeFile(join(cwd, 'home/bentos/iris/v1/bento.yaml'), 'format: 1\nname: [')
  const { code, stdout, stderr } = await runBento('list', { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('iris:v2')
  expect(stdout).not.toContain('iris:v1')
  expect(stderr).toMatch(/^Warning: .*iris\/v1\/bento\.yaml" is not YAML/)
})
