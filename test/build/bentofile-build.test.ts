import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { planBento } from '../../src/build/build.ts'
import { resolveTarget } from '../../src/build/target.ts'
import { parsePlatform } from '../../src/lib/platform.ts'
import { openBentoStore } from '../../src/store/bento-store.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { build } from './echo-project.ts'
import { createProject } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(120_000)

const sized = `import { api, service, useArguments } from 'bentojs'
import { z } from 'zod'

const { size } = useArguments(z.object({ size: z.string().default('small') }))

@service({ resources: { gpu: 1 }, labels: { size } })
export class Sized {
  @api({ input: { name: z.string() }, output: z.string() })
  greet({ name }: { name: string }): string {
    return size + ' ' + name
  }
}
`

const lock = {
  lockfileVersion: 3,
  packages: {
    'node_modules/sharp': {
      version: '0.35.5',
      optionalDependencies: {
        '@img/sharp-linux-arm64': '0.35.5',
        '@img/sharp-win32-x64': '0.35.5',
      },
    },
    'node_modules/@img/sharp-linux-arm64': { version: '0.35.5', os: ['linux'], cpu: ['arm64'] },
    'node_modules/@img/sharp-win32-x64': { version: '0.35.5', os: ['win32'], cpu: ['x64'] },
  },
}

const project = {
  'service.ts': sized,
  'image/setup.sh': 'id\n',
  'image/Dockerfile.template':
    '{% extends bento_base_template %}{% block SETUP_BENTO_USER %}RUN id{% endblock %}',
  'image/npmrc': '@acme:registry=https://npm.example.org/\n//npm.example.org/:_authToken=hush\n',
  'locks/package-lock.json': JSON.stringify(lock),
  'bentofile.yaml': `service: service.ts:Sized
args: { size: medium }
envs: [{ name: LEVEL, value: "2" }]
docker:
  node_version: "24"
  system_packages: [libgomp1]
  setup_script: image/setup.sh
  dockerfile_template: image/Dockerfile.template
node:
  packages: [sharp@0.35.5]
  lockfile: locks/package-lock.json
  npmrc: image/npmrc
  registry: https://mirror.example.org/
  install_args: [--offline]
`,
}

test('what a bentofile says of image, packages and arguments goes into the bento', async () => {
  const context = await createProject(project)
  const bento = await build(context, await temporaryFolder(), {
    check: false,
    args: { size: 'large' },
    platform: parsePlatform('linux/arm64'),
  })
  expect(bento.manifest).toMatchObject({
    args: { size: 'large' },
    labels: { size: 'large' },
    image: {
      base: '',
      node_version: '24',
      cuda_version: '12.8.1',
      system_packages: ['libgomp1'],
      setup_script: true,
      dockerfile_template: true,
      platform: 'linux/arm64',
      install_args: ['--offline'],
    },
  })
  const read = (name: string): Promise<string> => readFile(join(bento.path, name), 'utf8')
  expect(await read('.npmrc')).toBe(
    '@acme:registry=https://npm.example.org/\nregistry=https://mirror.example.org/\nreplace-registry-host=always\n',
  )
  expect(
    [...(await read('package-lock.json')).matchAll(/"(node_modules\/[^"]+)"/g)].map(
      ([, one]) => one,
    ),
  ).toEqual(['node_modules/@img/sharp-linux-arm64', 'node_modules/sharp'])
  const dockerfile = await read('env/docker/Dockerfile')
  for (const line of ['ENV LEVEL="2"', 'RUN id', 'ARG NODE=node:24-slim']) {
    expect(dockerfile).toContain(`\n${line}\n`)
  }
  expect(await read('env/docker/setup_script')).toBe('#!/bin/sh\nid\n')
  const { mode } = await stat(join(bento.path, 'env/docker/setup_script'))
  expect(mode & 0o100).toBe(0o100)
})

test('a version that the lock does not pin ends the build', async () => {
  const bentofile = project['bentofile.yaml'].replace('sharp@0.35.5', 'sharp@0.34.0')
  const context = await createProject({ ...project, 'bentofile.yaml': bentofile })
  await expect(build(context, await temporaryFolder())).rejects.toMatchObject({
    code: 'LOCKFILE_MISSING',
    message: expect.stringMatching(/asks for "sharp@0\.34\.0", and ".*" pins 0\.35\.5$/),
  })
})

test('a dry run says what would be packed, and stores nothing', async () => {
  const home = await temporaryFolder()
  const context = await createProject({ 'service.ts': sized, 'data.txt': 'four' })
  const findBento = (): Promise<undefined> => Promise.resolve(undefined)
  const target = await resolveTarget(undefined, { cwd: context, findBento })
  if (target.kind !== 'project') throw new Error('not a project')
  const store = openBentoStore(home)
  const input = { project: target, store, models: openModelStore(home), flags: { check: false } }
  const plan = await planBento(input)
  expect(await store.list()).toEqual([])
  expect(plan.files).toContainEqual({ path: 'src/data.txt', size: 4 })
  const bento = await build(context, home)
  expect(plan.tag).toBe(bento.tag)
  expect(plan.files.map(({ path }) => path)).toContain('dist/service.mjs')
})
