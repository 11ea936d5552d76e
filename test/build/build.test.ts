import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { runNode } from '../../src/lib/exec.ts'
import { digestFile } from '../../src/lib/files.ts'
import type { BentoEntry } from '../../src/store/bento-store.ts'
import { readFiles } from '../../src/store/digest.ts'
import { packArchive } from '../../src/store/pack.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { build, echoProject, filesOf } from './echo-project.ts'
import { createProject, errorOf, greeter } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(120_000)

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
  "env/docker/healthcheck.mjs",
  "models/echo/v1/echo.onnx",
  "models/echo/v1/model.yaml",
  "models/extra/v2/echo.onnx",
  "models/extra/v2/model.yaml",
  "package-lock.json",
  "package.json",
  "provenance.json",
  "sbom.cdx.json",
  "src/bentofile.yaml",
  "src/package-lock.json",
  "src/package.json",
  "src/service.ts",
]
`)
  expect(files).toEqual(
    expect.arrayContaining(['dist/docs/swagger-ui/index.html', 'dist/docs/page/try.html']),
  )
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
  "args": {},
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
  "image": {
    "base": "",
    "cuda_version": "",
    "dockerfile_template": false,
    "install_args": [],
    "node_version": "",
    "platform": "",
    "setup_script": false,
    "system_packages": [],
  },
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
