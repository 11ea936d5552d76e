import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { cwdWithBentos } from './fill-store.ts'
import { runBento } from './run-bento.ts'

test('carries a bento from one store to another', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect(await runBento('export iris', { cwd })).toEqual({
    code: 0,
    stdout: '<cwd>/iris-v1.bento\n',
    stderr: '',
  })
  const env = { BENTO_HOME: join(cwd, 'other') }
  expect(await runBento('import iris-v1.bento', { cwd, env })).toMatchInlineSnapshot(`
{
  "code": 0,
  "stderr": "Serve it with \`bento serve iris:v1\`.
",
  "stdout": "Imported iris:v1
",
}
`)
  expect((await runBento('get iris -o tag', { cwd, env })).stdout).toBe('iris:v1\n')
})

test('prints what it wrote and what it stored as JSON, or as a tag', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const exported = await runBento('export iris -o json', { cwd })
  expect(JSON.parse(exported.stdout)).toEqual({ tag: 'iris:v1', path: '<cwd>/iris-v1.bento' })
  const env = { BENTO_HOME: join(cwd, 'other') }
  const imported = await runBento('import iris-v1.bento -o json', { cwd, env })
  expect(JSON.parse(imported.stdout)).toEqual({
    tag: 'iris:v1',
    path: '<cwd>/other/bentos/iris/v1',
  })
  const again = { BENTO_HOME: join(cwd, 'third') }
  const { stdout } = await runBento('import iris-v1.bento -o tag', { cwd, env: again })
  expect(stdout).toBe('iris:v1\n')
})

test.each([
  ['copy', 'copy.bento'],
  ['copy.bento', 'copy.bento'],
  ['./home/', 'home/iris-v1.bento'],
  ['home', 'home/iris-v1.bento'],
])('exports to "%s" relative to here', async (path, expected) => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect((await runBento(`export iris:v1 ${path}`, { cwd })).stdout).toBe(`<cwd>/${expected}\n`)
})

test('refuses to import a file that is no archive', async () => {
  const cwd = await cwdWithBentos([])
  await writeFile(join(cwd, 'notes.bento'), 'hello')
  const { code, stdout, stderr } = await runBento('import notes.bento', { cwd })
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^ARCHIVE_INVALID: /)
})

test('names the file that is missing', async () => {
  expect(await runBento('import nowhere.bento')).toMatchInlineSnapshot(`
{
  "code": 1,
  "stderr": "FILE_NOT_FOUND: There is no file "<cwd>/nowhere.bento"
  Give the path of an exported archive.
",
  "stdout": "",
}
`)
})
