import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { checkTypes } from '../../../src/build/type-check.ts'
import { createProject, errorOf, writeFiles } from '../../build/project.ts'
import { cwdWithModels } from '../fill-store.ts'
import { runBento } from '../run-bento.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

const config = JSON.stringify({
  compilerOptions: {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: 'nodenext',
  },
  include: ['*.ts'],
})

function scriptOf(lines: string): string {
  return `import { models } from 'bentojs'\n${lines}\n`
}

test('prints what the newest version of each model takes and gives', async () => {
  const cwd = await cwdWithModels(['tiny:v1', 'tiny:v2', 'other-one:v1'])
  expect((await runBento('models types', { cwd })).stdout).toMatchInlineSnapshot(`
"import type {} from 'bentojs'

declare module 'bentojs' {
  interface Models {
    /** other-one:v1 */
    "other-one": {
      inputs: { "x": 'float32' }
      outputs: { "y": 'float32' }
    }
    /** tiny:v2 */
    "tiny": {
      inputs: { "x": 'float32' }
      outputs: { "y": 'float32' }
    }
  }
}
"
`)
  expect((await runBento('models types tiny', { cwd })).stdout).not.toContain('other-one')
  expect(await runBento('models types none', { cwd })).toMatchObject({ code: 1, stdout: '' })
})

test('makes models.get know the inputs and outputs of a model', async () => {
  const cwd = await cwdWithModels(['tiny:v1'])
  const { stdout } = await runBento('models types', { cwd })
  const project = await createProject(
    {
      'tsconfig.json': config,
      'package.json': '{"type":"module"}',
      'models.d.ts': stdout,
      'good.ts': scriptOf(
        [
          `const { y } = await models.get('tiny:latest').run({ x: [[1, 2]] })`,
          'export const sum: Float32Array = y.data',
          `export const other = (await models.get('unknown').run([[1]]))['any']?.data`,
        ].join('\n'),
      ),
    },
    ['typescript'],
  )
  await symlink(repository, join(project, 'node_modules', 'bentojs'))
  expect(await checkTypes(project)).toMatchObject({ done: true })
  await writeFiles(project, {
    'bad.ts': scriptOf(`export const { z } = await models.get('tiny').run({ w: [[1, 2]] })`),
  })
  const { message } = await errorOf(checkTypes(project))
  expect(message).toContain("'w' does not exist")
  expect(message).toContain("Property 'z' does not exist")
})
