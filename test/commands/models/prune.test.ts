import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { BentoModel } from '../../../src/store/manifest.ts'
import { cwdWithBentos, cwdWithModelFile, cwdWithModels } from '../fill-store.ts'
import { runBento } from '../run-bento.ts'

test('deletes all but the newest of each name', async () => {
  const cwd = await cwdWithModels(['tiny:v1', 'other:v1', 'tiny:v2'])
  const { code, stdout } = await runBento('models prune --yes', { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Deleted tiny:v1\nFreed \d+ B\n$/)
  expect((await runBento('models prune', { cwd })).stdout).toBe('Freed 0 B\n')
  const { stdout: rest } = await runBento('models list -o json', { cwd })
  expect(JSON.parse(rest)).toMatchObject([{ tag: 'tiny:v2' }, { tag: 'other:v1' }])
})

test('keeps as many versions as it is told, of one name alone', async () => {
  const cwd = await cwdWithModels(['tiny:v1', 'tiny:v2', 'tiny:v3', 'other:v1', 'other:v2'])
  const { stdout } = await runBento('models prune tiny --keep 2 --yes -o json', { cwd })
  expect(JSON.parse(stdout)).toEqual({ deleted: ['tiny:v1'], freed_bytes: expect.any(Number) })
  const all = await runBento('models prune other --keep 0 --yes', { cwd })
  expect(all.stdout).toMatch(/^Deleted other:v2\nDeleted other:v1\nFreed/)
})

test('keeps what a stored bento was built with', async () => {
  const model: BentoModel = {
    requested: 'tiny',
    tag: 'tiny:v1',
    runtime: 'onnx',
    main: 'tiny.onnx',
    signatures: {},
    digest: '0'.repeat(64),
    path: 'models/tiny/v1',
  }
  const home = join(await cwdWithBentos(['iris:v1'], [model]), 'home')
  const options = { cwd: await cwdWithModelFile(), env: { BENTO_HOME: home } }
  for (const version of ['v1', 'v2', 'v3']) {
    await runBento(`models import tiny.onnx --version ${version}`, options)
  }
  const { stdout } = await runBento('models prune --yes', options)
  expect(stdout).toMatch(/^Deleted tiny:v2\nFreed/)
})

test.each([
  ['no\n', 'Nothing was deleted.', 2],
  ['y\n', 'Deleted tiny:v1', 1],
])('asks first, and on %j says "%s"', async (answer, said, left) => {
  const cwd = await cwdWithModels(['tiny:v1', 'tiny:v2'])
  const { stdout, stderr } = await runBento('models prune', { cwd, answer, columns: 80 })
  expect(stderr).toContain('Delete 1 model (tiny:v1)? [y/N] ')
  expect(stdout + stderr).toContain(said)
  const { stdout: rest } = await runBento('models list -o json', { cwd })
  expect(JSON.parse(rest)).toHaveLength(left)
})

test('refuses to delete where nobody can be asked', async () => {
  const cwd = await cwdWithModels(['tiny:v1', 'tiny:v2'])
  expect(await runBento('models prune', { cwd })).toMatchObject({ code: 2, stdout: '' })
})
