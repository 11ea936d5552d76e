import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { renderBentofileSchema } from '../../src/config/bentofile.ts'
import { describeWith, missing } from '../describe-with.ts'
import { run } from '../processes.ts'
import { cwdWithModels } from './fill-store.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

jest.setTimeout(60_000)

const repository = fileURLToPath(new URL('../..', import.meta.url))

test('ends with 0 in a project that is well', async () => {
  const cwd = await helloProject()
  const { code, stdout, stderr } = await runBento('doctor', { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ok {7}service {5}Service Hello.*, with \/greet$/m)
  expect(stderr).toMatch(/^0 errors, \d warnings?$/m)
})

test('ends with 1 and says what to do when the service names a model that the store lacks', async () => {
  const cwd = await cwdWithModels(['tiny:v1'])
  await writeFile(join(cwd, 'service.ts'), serviceWith('tiny:latest', 'absent:latest'))
  const { code, stdout } = await runBento('doctor', { cwd })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^ok {7}models {6}Model tiny:latest is tiny:v1$/m)
  expect(stdout).toMatch(/^error {4}models .*absent.*\n +→ .*bento models/m)
})

test('gives one JSON value, with a check, a severity, a message and a remedy', async () => {
  const cwd = await helloProject()
  await writeFile(join(cwd, 'service.ts'), 'export class {')
  const { code, stdout } = await runBento('doctor -o json', { cwd })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toContainEqual({
    check: 'service',
    severity: 'error',
    message: expect.stringContaining('service.ts'),
    remedy: expect.any(String),
  })
})

test.each([
  ['ok', renderBentofileSchema()],
  ['warning', '{}'],
  ['warning', undefined],
])('finds %s in the schema that the bentofile names', async (severity, schema) => {
  const cwd = await helloProject()
  const modeline = '# yaml-language-server: $schema=.editor/bentofile.schema.json\n'
  await writeFile(join(cwd, 'bentofile.yaml'), `${modeline}service: service.ts:Hello\n`)
  await mkdir(join(cwd, '.editor'))
  if (schema !== undefined) {
    await writeFile(join(cwd, '.editor', 'bentofile.schema.json'), schema)
  }
  const { stdout } = await runBento('doctor -o json', { cwd })
  expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ check: 'schema', severity }))
})

test('finds a client of the project that its service has left behind', async () => {
  const cwd = await helloProject()
  await runBento('client -o client.ts', { cwd })
  const fits = await runBento('doctor', { cwd })
  expect(fits.stdout).toMatch(/^ok {7}clients {5}The client client\.ts fits the service$/m)
  const source = await readFile(join(cwd, 'service.ts'), 'utf8')
  await writeFile(join(cwd, 'service.ts'), source.replace('greet()', 'salute()'))
  const stale = await runBento('doctor', { cwd })
  expect(stale.code).toBe(0)
  expect(stale.stdout).toMatch(/^warning {2}clients .*greet.*\n +→ .*bento client -o client\.ts/m)
})

test('looks at a bento', async () => {
  const cwd = await helloProject()
  await runBento('build --version v1', { cwd })
  const { code, stdout } = await runBento('doctor hello:v1', { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ok {7}service {5}Bento hello:v1/m)
})

test('refuses a target that is none', async () => {
  const { code, stderr } = await runBento('doctor nowhere')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^TARGET_NOT_FOUND: /m)
})

describeWith('in a container', await missing('docker'), () => {
  test('sees the quota of the container, and that it is one', async () => {
    const limits = ['--cpus', '1', '--memory', '300m', '--network', 'none']
    const mounts = ['-v', `${repository}:/bentojs:ro`]
    const line = ['node', '/bentojs/bin/bento.js', 'doctor', '-o', 'json']
    const stdout = await run(
      'docker',
      ['run', '--rm', ...limits, ...mounts, 'node:26-slim', ...line],
      {
        cwd: repository,
      },
    )
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'cpu', message: expect.stringMatching(/on 1 CPU$/) }),
        expect.objectContaining({
          check: 'memory',
          severity: 'warning',
          message: 'Only 300 MiB of memory',
        }),
        expect.objectContaining({ check: 'docker', severity: 'note' }),
        expect.objectContaining({
          check: 'service',
          message: expect.stringContaining('in a container'),
        }),
      ]),
    )
  })
})

function serviceWith(...tags: readonly string[]): string {
  return `
    import { api, models, service } from 'bentojs'

    @service()
    export class Needy {
      readonly models = [${tags.map((tag) => `models.get('${tag}')`).join(', ')}]

      @api()
      ask(): string {
        return this.models.length.toString()
      }
    }
  `
}
