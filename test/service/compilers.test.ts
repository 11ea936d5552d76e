import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { transform as compileWithSwc } from '@swc/core'
import { transform as compileWithEsbuild } from 'esbuild'
import { temporaryFolder } from '../temporary-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const fixture = join(root, 'test/service/fixtures/compiled-service.ts')
const source = await readFile(fixture, 'utf8')
const run = promisify(execFile)

const compilers = {
  async esbuild() {
    const options = { loader: 'ts', format: 'esm', target: 'node20' } as const
    return (await compileWithEsbuild(source, options)).code
  },
  async swc() {
    const { code } = await compileWithSwc(source, {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        target: 'es2022',
        transform: { decoratorVersion: '2022-03' },
      },
      module: { type: 'es6' },
    })
    return code
  },
  async tsc(folder: string) {
    const bin = join(root, 'node_modules/typescript/bin/tsc')
    const flags = ['--ignoreConfig', '--target', 'es2022', '--module', 'esnext', '--noCheck']
    await writeFile(join(folder, 'service.ts'), source)
    await run(process.execPath, [
      bin,
      ...flags,
      '--outDir',
      join(folder, 'out'),
      join(folder, 'service.ts'),
    ])
    return readFile(join(folder, 'out/service.js'), 'utf8')
  },
}

/** A project that has the compiled service, and `bentojs` as it is published. */
async function project(name: keyof typeof compilers): Promise<string> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'node_modules'))
  await symlink(root, join(folder, 'node_modules/bentojs'))
  await symlink(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'))
  await writeFile(join(folder, 'service.mjs'), await compilers[name](folder))
  await writeFile(
    join(folder, 'describe.mjs'),
    `import { describeService } from ${JSON.stringify(join(root, 'dist/service/describe.js'))}
     const load = () => import('./service.mjs')
     const services = [await describeService(load, 'Compiled'), await describeService(load, 'Sibling')]
     const { findService } = await import(${JSON.stringify(join(root, 'dist/service/service.js'))})
     const { startup, shutdown } = findService((await load()).Compiled)
     process.stdout.write(JSON.stringify({ services, startup, shutdown }))`,
  )
  return folder
}

test.each(['esbuild', 'swc', 'tsc'] as const)('describes what %s compiled', async (name) => {
  const folder = await project(name)
  const { stdout } = await run(process.execPath, [join(folder, 'describe.mjs')])
  const described: unknown = JSON.parse(stdout)
  expect(described).toMatchObject({
    startup: ['open'],
    shutdown: ['close'],
    services: [
      {
        name: 'compiled',
        options: { workers: 2 },
        models: ['iris:latest', 'shared:v1'],
        apis: [
          { name: 'greet', route: '/v2/greet', input: { required: ['name'] } },
          { name: 'infer', route: '/infer', batchable: true, maxBatchSize: 8 },
        ],
      },
      {
        name: 'Sibling',
        apis: [{ name: 'greet', route: '/greet', outputType: 'text/plain; charset=utf-8' }],
      },
    ],
  })
})
