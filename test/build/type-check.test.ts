import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { checkTypes } from '../../src/build/type-check.ts'
import { createProject, errorOf, writeFiles } from './project.ts'

const config = JSON.stringify({
  compilerOptions: { strict: true, noEmit: true, types: [] },
  include: ['*.ts'],
})

test("checks with the project's own TypeScript", async () => {
  const context = await createProject(
    { 'tsconfig.json': config, 'service.ts': 'export const a: number = 1\n' },
    ['typescript'],
  )
  expect(await checkTypes(context)).toMatchObject({
    done: true,
    note: expect.stringContaining('7.0.2'),
  })
})

test('shows what TypeScript rejects', async () => {
  const context = await createProject(
    { 'tsconfig.json': config, 'service.ts': `export const a: number = 'x'\n` },
    ['typescript'],
  )
  expect(await errorOf(checkTypes(context))).toMatchInlineSnapshot(`
{
  "cause": undefined,
  "code": "TYPES_FAILED",
  "hint": "Correct the lines above, or build with --no-check.",
  "message": "TypeScript rejects the project
service.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.",
}
`)
})

test.each<[string, Record<string, string>, string]>([
  ['tsconfig.json', { 'service.ts': 'const a: number = "x"' }, 'no tsconfig.json'],
  ['TypeScript', { 'tsconfig.json': config }, 'TypeScript is not installed'],
])('skips a project without %s, and says so', async (_, files, reason) => {
  const context = await createProject(files, [])
  expect(await checkTypes(context)).toEqual({ done: false, note: `types not checked: ${reason}` })
})

test('types that were right are checked again once a file of the project is another, or new', async () => {
  const files = { 'tsconfig.json': config, 'service.ts': 'export const a: number = 1\n' }
  const context = await createProject(files, ['typescript'])
  const cache = join(context, '..')
  const times = async (): Promise<number[]> => {
    const kept = (await readdir(cache)).filter((name) => name.startsWith('types-'))
    return Promise.all(kept.map(async (name) => (await stat(join(cache, name))).mtimeMs))
  }
  // The second time for a machine so quick that the files are of the same tick as the first.
  await checkTypes(context, cache)
  await checkTypes(context, cache)
  const before = await times()
  expect(before).toHaveLength(1)
  expect(await checkTypes(context, cache)).toMatchObject({ done: true })
  expect(await times()).toEqual(before)
  await writeFiles(context, { 'other.ts': `export const b: string = 1\n` })
  expect(await errorOf(checkTypes(context, cache))).toMatchObject({
    code: 'TYPES_FAILED',
    message: expect.not.stringContaining('lib.d.ts'),
  })
})
