import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { cwdWithBentos } from './fill-store.ts'
import { runBento } from './run-bento.ts'

async function tagsIn(cwd: string): Promise<string[]> {
  const { stdout } = await runBento('list -o json', { cwd })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because list prints these rows
  const rows = JSON.parse(stdout) as { tag: string }[]
  return rows.map((row) => row.tag)
}

test('deletes one version', async () => {
  const cwd = await cwdWithBentos(['iris:v1', 'iris:v2'])
  expect(await runBento('delete iris:v1 --yes', { cwd })).toMatchInlineSnapshot(`
{
  "code": 0,
  "stderr": "",
  "stdout": "Deleted iris:v1
",
}
`)
  expect(await tagsIn(cwd)).toEqual(['iris:v2'])
})

test('says as JSON what is gone', async () => {
  const cwd = await cwdWithBentos(['iris:v1', 'iris:v2'])
  const { stdout } = await runBento('delete iris --yes -o json', { cwd })
  expect(JSON.parse(stdout)).toEqual({ deleted: ['iris:v2', 'iris:v1'] })
})

test.each(['iris wine:v1', 'iris,wine:v1', 'iris:v1 iris wine:v1'])(
  'deletes all versions of a bare name: %s',
  async (targets) => {
    const cwd = await cwdWithBentos(['iris:v1', 'iris:v2', 'wine:v1', 'wine:v2'])
    await runBento(`delete ${targets} -y`, { cwd })
    expect(await tagsIn(cwd)).toEqual(['wine:v2'])
  },
)

test('deletes nothing when one target is missing', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect(await runBento('delete iris:v1 wine:v1 --yes', { cwd })).toMatchInlineSnapshot(`
{
  "code": 1,
  "stderr": "BENTO_NOT_FOUND: No bento is tagged "wine:v1"
  Run \`bento list\` to see what there is.
",
  "stdout": "",
}
`)
  expect(await tagsIn(cwd)).toEqual(['iris:v1'])
})

test('needs --yes where nobody can answer', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect(await runBento('delete iris', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "USAGE: There is no terminal to confirm this on
  Add --yes to go on without a question.
",
  "stdout": "",
}
`)
  expect(await tagsIn(cwd)).toEqual(['iris:v1'])
})

test.each(['n\n', '\n', 'maybe\n', ''])('takes %j for a no', async (answer) => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const { code, stdout, stderr } = await runBento('delete iris', { cwd, columns: 80, answer })
  expect(code).toBe(0)
  expect(stdout).toBe('')
  expect(stderr).toBe('Delete 1 bento (iris:v1)? [y/N] Nothing was deleted.\n')
  expect(await tagsIn(cwd)).toEqual(['iris:v1'])
})

test.each(['y\n', 'YES\n'])('takes %j for a yes', async (answer) => {
  const cwd = await cwdWithBentos(['iris:v1', 'iris:v2'])
  const { stdout } = await runBento('delete iris', { cwd, columns: 80, answer })
  expect(stdout).toBe('Deleted iris:v2\nDeleted iris:v1\n')
  expect(await tagsIn(cwd)).toEqual([])
})

test('ends with 130 when the question is answered with Ctrl-C', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const onReady = (pressCtrlC: () => void): void => void setImmediate(pressCtrlC)
  const { code, stderr } = await runBento('delete iris', { cwd, columns: 80, onReady })
  expect(code).toBe(130)
  expect(stderr).toContain('INTERRUPTED:')
  expect(await tagsIn(cwd)).toEqual(['iris:v1'])
})

test('deletes a broken version by its whole tag', async () => {
  const cwd = await cwdWithBentos(['iris:v1', 'iris:v2'])
  await writeFile(join(cwd, 'home/bentos/iris/v1/bento.yaml'), 'name: [')
  expect((await runBento('delete iris:v1 --yes', { cwd })).stdout).toBe('Deleted iris:v1\n')
  expect((await runBento('list', { cwd })).stderr).toBe('')
})
