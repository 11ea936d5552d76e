import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import type { BuildFlags } from '../../src/build/build.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { build, echo, echoProject, filesOf } from './echo-project.ts'
import { createProject, errorOf, greeter } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(60_000)

interface Failure {
  readonly files: Record<string, string>
  readonly flags: BuildFlags
  readonly code: string
}

test.each<[string, Failure]>([
  [
    'a model that is not there',
    { files: { 'service.ts': echo }, flags: { check: false }, code: 'MODEL_NOT_FOUND' },
  ],
  [
    'a type error',
    {
      files: {
        'service.ts': `${greeter}\nconst wrong: number = 'x'\n`,
        'tsconfig.json': '{"compilerOptions":{"strict":true,"skipLibCheck":true,"types":[]}}',
      },
      flags: {},
      code: 'TYPES_FAILED',
    },
  ],
  [
    'an option that does not exist',
    {
      files: { 'service.ts': greeter.replace('traffic', 'trafic') },
      flags: { check: false },
      code: 'CONFIG_INVALID',
    },
  ],
  [
    'a version that is none',
    { files: { 'service.ts': greeter }, flags: { version: 'a b' }, code: 'TAG_INVALID' },
  ],
  [
    'a name that is none',
    { files: { 'service.ts': greeter }, flags: { name: 'a b', check: false }, code: 'TAG_INVALID' },
  ],
])('%s leaves nothing in the store', async (_, { files, flags, code }) => {
  const home = await temporaryFolder()
  const context = await createProject(files, ['zod', 'typescript'])
  expect(await errorOf(build(context, home, flags))).toMatchObject({ code })
  expect(await filesOf(join(home, 'bentos')).catch(() => [])).toEqual([])
})

test('native packages without a lock say what to type', async () => {
  const { home, context } = await echoProject()
  await writeFile(join(context, 'package-lock.json'), '{"packages":{}}')
  expect(await errorOf(build(context, home), context)).toMatchObject({
    code: 'LOCKFILE_MISSING',
    hint: 'Run `npm install onnxruntime-node` in the project.',
  })
})
