import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { buildBento, type BuildFlags } from '../../src/build/build.ts'
import { resolveTarget } from '../../src/build/target.ts'
import { runNode } from '../../src/lib/exec.ts'
import { digestFile } from '../../src/lib/files.ts'
import { importModel } from '../../src/models/save.ts'
import { type BentoEntry, openBentoStore } from '../../src/store/bento-store.ts'
import { readFiles } from '../../src/store/digest.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { packArchive } from '../../src/store/pack.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { createProject, errorOf, greeter } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(120_000)

const repository = fileURLToPath(new URL('../..', import.meta.url))

const echo = `import { api, models, service, tensor } from 'bentojs'
import type { Tensor } from 'bentojs'

const values = tensor({ dtype: 'float32', shape: [null, 2] })

@service({ labels: { team: 'ml', from: 'service' }, envs: [{ name: 'TOKEN' }, { name: 'LEVEL', value: '1' }] })
export class EchoModel {
  readonly model = models.get('echo:latest')

  @api({ input: values, output: values, batchable: true, maxBatchSize: 8 })
  async run(input: Tensor): Promise<Tensor> {
    const { y } = await this.model.run(input)
    if (!y) throw new Error('the model has no y')
    return y
  }
}
`

const bentofile = `service: service.ts:EchoModel
description: "Gives back what it gets"
labels: { from: bentofile, tier: 1 }
exclude: ["notes/"]
models: ["extra"]
envs: [{ name: LEVEL, value: 2 }]
`

/** A home with two models, and a project whose service uses one of them. */
async function echoProject(): Promise<{ home: string; context: string }> {
  const home = await temporaryFolder()
  const file = join(home, 'echo.onnx')
  await writeFile(file, identityModel('float32', ['rows', 2]))
  const models = openModelStore(home)
  await importModel(models, { file, name: 'echo', version: 'v1' })
  await importModel(models, { file, name: 'extra', version: 'v2' })
  const context = await createProject({
    'service.ts': echo,
    'bentofile.yaml': bentofile,
    'notes/secret.md': '',
    '.env': 'TOKEN=x',
    'package.json': '{"type":"module"}',
    'package-lock.json': await readFile(join(repository, 'package-lock.json'), 'utf8'),
  })
  return { home, context }
}

async function build(
  context: string,
  home: string,
  flags: BuildFlags = { check: false },
): Promise<BentoEntry> {
  const findBento = (): Promise<undefined> => Promise.resolve(undefined)
  const project = await resolveTarget(undefined, { cwd: context, findBento })
  if (project.kind !== 'project') throw new Error('not a project')
  return buildBento({ project, store: openBentoStore(home), models: openModelStore(home), flags })
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return files.map((file) => file.slice(folder.length + 1)).toSorted()
}

test('a project becomes a bento', async () => {
  const { home, context } = await echoProject()
  const bento = await build(context, home)
  expect(bento.version).toMatch(/^[a-z2-7]{16}$/)
  const files = await filesOf(bento.path)
  expect(files.filter((file) => !/^dist\/(chunks|docs)\//.test(file))).toMatchInlineSnapshot(`
[
  ".npmrc",
  "README.md",
  "apis/openapi.json",
  "apis/schema.json",
  "bento.yaml",
  "dist/service.mjs",
  "dist/service.mjs.map",
  "env/docker/Dockerfile",
  "env/docker/entrypoint.sh",
  "models/echo/v1/echo.onnx",
  "models/echo/v1/model.yaml",
  "models/extra/v2/echo.onnx",
  "models/extra/v2/model.yaml",
  "package-lock.json",
  "package.json",
  "src/bentofile.yaml",
  "src/package-lock.json",
  "src/package.json",
  "src/service.ts",
]
`)
  expect(files).toContain('dist/docs/index.html')
  const { version, bento_version, ...manifest } = bento.manifest
  expect(version).toBe(bento.version)
  expect(manifest).toMatchInlineSnapshot(`
{
  "apis": [
    {
      "batchable": true,
      "max_batch_size": 8,
      "max_latency_ms": 60000,
      "name": "run",
      "route": "/run",
    },
  ],
  "config": {
    "envs": [
      {
        "name": "TOKEN",
      },
      {
        "name": "LEVEL",
        "value": "1",
      },
    ],
    "labels": {
      "from": "service",
      "team": "ml",
    },
  },
  "description": "Gives back what it gets",
  "envs": [
    {
      "name": "LEVEL",
      "stage": "all",
      "value": "2",
    },
    {
      "name": "TOKEN",
      "stage": "all",
      "value": "",
    },
  ],
  "format": 1,
  "labels": {
    "from": "bentofile",
    "team": "ml",
    "tier": "1",
  },
  "models": [
    {
      "digest": "5e964944f4b6712aef63a282bd6a631a27a36cc25ae9fc5a2b316bce509e57d7",
      "main": "echo.onnx",
      "path": "models/echo/v1",
      "requested": "echo:latest",
      "runtime": "onnx",
      "signatures": {
        "run": {
          "batch_dim": 0,
          "batchable": false,
        },
      },
      "tag": "echo:v1",
    },
    {
      "digest": "5e964944f4b6712aef63a282bd6a631a27a36cc25ae9fc5a2b316bce509e57d7",
      "main": "echo.onnx",
      "path": "models/extra/v2",
      "requested": "extra",
      "runtime": "onnx",
      "signatures": {
        "run": {
          "batch_dim": 0,
          "batchable": false,
        },
      },
      "tag": "extra:v2",
    },
  ],
  "name": "echo_model",
  "service": "EchoModel",
}
`)
  expect(await readFile(join(bento.path, 'README.md'), 'utf8')).toBe('Gives back what it gets\n')
  expect((await stat(join(bento.path, 'models/echo/v1/echo.onnx'))).size).toBeGreaterThan(10)
  const openapi = await readFile(join(bento.path, 'apis/openapi.json'), 'utf8')
  expect(openapi).toContain(bento.version)
  expect(bento_version).toMatch(/^\d+\.\d+\.\d+/)
})

/** Digests of a bento's files, its tag and its archive: the files show where two differ. */
async function fingerprint(bento: BentoEntry, archive: string): Promise<unknown> {
  await packArchive(bento.path, archive)
  const { sha256 } = await digestFile(archive)
  return { files: await readFiles(bento.path), tag: bento.tag, sha256 }
}

test('the same project gives the same archive, wherever and however it is built', async () => {
  const prints = []
  const mask = process.umask(0o077)
  try {
    for (const zone of ['Pacific/Kiritimati', 'America/New_York']) {
      process.env['TZ'] = zone
      const { home, context } = await echoProject()
      prints.push(await fingerprint(await build(context, home), join(home, 'archive.bento')))
      process.umask(0o002)
    }
  } finally {
    process.umask(mask)
    delete process.env['TZ']
  }
  expect(prints[0]).toEqual(prints[1])
})

test('building again what has not changed changes nothing', async () => {
  const { home, context } = await echoProject()
  const first = await build(context, home)
  expect((await build(context, home)).tag).toBe(first.tag)
  await writeFile(join(context, 'readme.txt'), 'new')
  expect((await build(context, home)).tag).not.toBe(first.tag)
})

test('flags have the last word', async () => {
  const { home, context } = await echoProject()
  const flags = { name: 'Chosen', version: 'V2', labels: { from: 'flag' }, check: false }
  const bento = await build(context, home, flags)
  expect(bento).toMatchObject({
    tag: 'chosen:v2',
    manifest: { labels: { team: 'ml', from: 'flag', tier: '1' } },
  })
  await writeFile(join(context, 'more.txt'), '')
  expect(await errorOf(build(context, home, flags))).toMatchObject({ code: 'BENTO_EXISTS' })
})

test('a project without bentofile, model or native package is built from the service alone', async () => {
  const home = await temporaryFolder()
  const bento = await build(await createProject({ 'service.ts': greeter }), home)
  expect(bento.name).toBe('greeter')
  expect(await readFile(join(bento.path, 'README.md'), 'utf8')).toMatchInlineSnapshot(`
"# greeter

The service \`Greeter\`, built with bento.

- \`POST /greet\`

\`\`\`sh
npm ci --omit=dev
node dist/service.mjs
\`\`\`
"
`)
  const lock = await readFile(join(bento.path, 'package-lock.json'), 'utf8')
  expect(lock).toContain('"lockfileVersion": 3')
  const script = `const { name } = await (await import('./dist/service.mjs')).describe()\nconsole.log(name)`
  await writeFile(join(home, 'check.mjs'), script.replace('./dist', `${bento.path}/dist`))
  const { stdout } = await runNode(join(home, 'check.mjs'), { cwd: home })
  expect(stdout).toBe('Greeter\n')
})

test.each<[string, Record<string, string>, BuildFlags, string]>([
  ['a model that is not there', { 'service.ts': echo }, { check: false }, 'MODEL_NOT_FOUND'],
  [
    'a type error',
    {
      'service.ts': `${greeter}\nconst wrong: number = 'x'\n`,
      'tsconfig.json': '{"compilerOptions":{"strict":true,"skipLibCheck":true,"types":[]}}',
    },
    {},
    'TYPES_FAILED',
  ],
  [
    'an option that does not exist',
    { 'service.ts': greeter.replace('traffic', 'trafic') },
    { check: false },
    'CONFIG_INVALID',
  ],
  ['a version that is none', { 'service.ts': greeter }, { version: 'a b' }, 'TAG_INVALID'],
  ['a name that is none', { 'service.ts': greeter }, { name: 'a b', check: false }, 'TAG_INVALID'],
])('%s leaves nothing in the store', async (_, files, flags, code) => {
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
