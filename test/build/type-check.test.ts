import { expect, test } from '@jest/globals'
import { checkTypes } from '../../src/build/type-check.ts'
import { createProject, errorOf } from './project.ts'

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
