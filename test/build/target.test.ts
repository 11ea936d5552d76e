import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { resolveTarget, type Target, type TargetOptions } from '../../src/build/target.ts'
import { BentoError } from '../../src/errors.ts'
import { createProject, errorOf } from './project.ts'

function resolve(
  text: string | undefined,
  cwd: string,
  options: Partial<TargetOptions> = {},
): Promise<Target> {
  return resolveTarget(text, { cwd, findBento: () => Promise.resolve(undefined), ...options })
}

test.each(['service.ts', 'service.mts', 'service.js', 'service.mjs'])(
  'finds %s with and without its extension',
  async (name) => {
    const cwd = await createProject({ [name]: '' })
    const module = join(cwd, name)
    const project = { kind: 'project', context: cwd, module }
    expect(await resolve(`${name}:Iris`, cwd)).toEqual({ ...project, attr: 'Iris' })
    expect(await resolve('service:Iris', cwd)).toEqual({ ...project, attr: 'Iris' })
    expect(await resolve(`./${name}`, cwd)).toEqual(project)
    expect(await resolve('service', cwd)).toEqual(project)
    expect(await resolve(undefined, cwd)).toEqual(project)
    expect(await resolve('.', cwd)).toEqual(project)
    expect(await resolve(cwd, '/')).toEqual(project)
  },
)

test.each(['app/main.mts:Iris', './app/main.mts:Iris', 'app/main:Iris', 'main:Iris'])(
  'a bentofile may name its service as %s',
  async (service) => {
    const folder = service === 'main:Iris' ? 'main.mts' : 'app/main.mts'
    const cwd = await createProject({ 'bentofile.yaml': `service: ${service}`, [folder]: '' })
    expect(await resolve('.', cwd)).toMatchObject({
      context: cwd,
      module: join(cwd, folder),
      attr: 'Iris',
      bentofile: { bentofile: { service } },
    })
  },
)

test('a module brings the bentofile of its project, but decides itself', async () => {
  const cwd = await createProject({
    'a/bentofile.yaml': 'service: other.ts\nname: chosen',
    'a/src/service.ts': '',
    'a/other.ts': '',
  })
  expect(await resolve('a/src/service.ts:Iris', cwd)).toMatchObject({
    context: join(cwd, 'a'),
    module: join(cwd, 'a/src/service.ts'),
    bentofile: { bentofile: { name: 'chosen' } },
  })
})

test('the project of a module is the nearest package around it', async () => {
  const cwd = await createProject({
    'package.json': '{}',
    'a/service.ts': '',
    'b/package.json': '{}',
    'b/service.ts': '',
  })
  expect(await resolve('a/service.ts', cwd)).toMatchObject({ context: cwd })
  expect(await resolve('b/service.ts', cwd)).toMatchObject({ context: join(cwd, 'b') })
  expect(await resolve('../service.ts', join(cwd, 'a/x')).catch(() => 'none')).toMatchObject({
    context: join(cwd, 'a'),
  })
})

test('another bentofile can be named', async () => {
  const cwd = await createProject({ 'gpu.yaml': 'service: gpu.ts', 'gpu.ts': '', 'service.ts': '' })
  expect(await resolve('.', cwd, { bentofile: 'gpu.yaml' })).toMatchObject({
    module: join(cwd, 'gpu.ts'),
  })
})

test('a folder with bento.yaml is a bento', async () => {
  const cwd = await createProject({ 'out/bento.yaml': '', 'out/service.ts': '' })
  expect(await resolve('out', cwd)).toEqual({ kind: 'bento', path: join(cwd, 'out') })
})

test('what is neither folder nor module is looked up as a tag', async () => {
  const cwd = await createProject({ 'iris.ts': '' })
  const findBento = (tag: string): Promise<string> => Promise.resolve(`/store/${tag}`)
  expect(await resolve('flowers:latest', cwd, { findBento })).toEqual({
    kind: 'bento',
    path: '/store/flowers:latest',
  })
  expect(await resolve('iris:latest', cwd, { findBento })).toMatchObject({
    kind: 'project',
    attr: 'latest',
  })
})

test('a target that is nothing names everything that was tried', async () => {
  const cwd = await createProject({})
  expect(await errorOf(resolve('iris:v1', cwd))).toMatchInlineSnapshot(`
{
  "cause": undefined,
  "code": "TARGET_NOT_FOUND",
  "hint": "Name a module as service.ts:IrisClassifier, a project folder, or a tag that \`bento list\` shows.",
  "message": ""iris:v1" is not a folder, not a module (no iris.ts, iris.mts, iris.js or iris.mjs) and not the tag of a bento in the store",
}
`)
  const findBento = (): Promise<string> => Promise.reject(new BentoError('TAG_INVALID', 'no tag'))
  expect(await errorOf(resolve('./Iris.ts:A', cwd, { findBento }))).toMatchObject({
    code: 'TARGET_NOT_FOUND',
    message: expect.stringContaining('(no Iris.ts)'),
  })
})

test('a broken store is not taken for a missing tag', async () => {
  const cwd = await createProject({})
  const findBento = (): Promise<string> => Promise.reject(new BentoError('BENTO_INVALID', 'broken'))
  expect(await errorOf(resolve('iris', cwd, { findBento }))).toMatchObject({
    code: 'BENTO_INVALID',
  })
})

test('an empty folder says what a project needs', async () => {
  const cwd = await createProject({})
  expect(await errorOf(resolve('.', cwd), cwd)).toMatchInlineSnapshot(`
{
  "cause": undefined,
  "code": "BENTOFILE_NOT_FOUND",
  "hint": "Create bentofile.yaml with a line such as \`service: service.ts:IrisClassifier\`, or name a module.",
  "message": ""/project" has no bentofile.yaml and no service.ts, service.mts, service.js or service.mjs",
}
`)
})

test.each(['missing.ts:Iris', '../outside.ts', 'folder'])(
  'a bentofile that names %s is told so',
  async (service) => {
    const cwd = await createProject({
      'p/bentofile.yaml': `service: ${service}`,
      'outside.ts': '',
      'p/folder/x': '',
    })
    expect(await errorOf(resolve('p', cwd))).toMatchObject({
      code: 'TARGET_NOT_FOUND',
      message: expect.stringContaining(`names the service "${service}"`),
    })
  },
)

test('a bentofile without a service needs service.ts', async () => {
  const cwd = await createProject({ 'bentofile.yaml': 'name: iris' })
  expect(await errorOf(resolve('.', cwd))).toMatchObject({
    code: 'TARGET_NOT_FOUND',
    message: expect.stringContaining('names no service'),
  })
})
