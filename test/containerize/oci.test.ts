import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'
import { baseLayout, bentoOf, entriesOf, files, makeImage, sha256 } from './images.ts'

interface Blobs {
  readonly folder: string
  readonly manifest: Manifest
  readonly config: Record<string, unknown> & { config: Record<string, unknown> }
}

interface Manifest {
  readonly config: { readonly digest: string }
  readonly layers: readonly { readonly digest: string; readonly mediaType: string }[]
}

async function readJson(folder: string, digest: string): Promise<unknown> {
  return JSON.parse((await readBlob(folder, digest)).toString())
}

function readBlob(folder: string, digest: string): Promise<Buffer> {
  return readFile(join(folder, 'blobs/sha256', digest.slice('sha256:'.length)))
}

async function readLayout(folder: string, digest: string): Promise<Blobs> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a wrong shape fails the test that looks into it
  const manifest = (await readJson(folder, digest)) as Manifest
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a wrong shape fails the test that looks into it
  const config = (await readJson(folder, manifest.config.digest)) as Blobs['config']
  return { folder, manifest, config }
}

async function layout(options: Parameters<typeof makeImage>[1] = {}): Promise<Blobs> {
  const { folder } = await baseLayout()
  const bento = await bentoOf(files)
  const { digest, path = '' } = await makeImage(bento, {
    ...options,
    options: [`base=oci:${folder}`, 'output=image'],
  })
  return readLayout(path, digest)
}

test('puts models and code on the base, each in a layer of its own', async () => {
  const { folder, manifest } = await layout()
  expect(manifest.layers).toHaveLength(3)
  const contents = await Promise.all(
    manifest.layers.map(async ({ digest }) => entriesOf(await readBlob(folder, digest))),
  )
  expect(contents.map((entries) => entries.map(({ path }) => path))).toEqual([
    [],
    [
      'home/',
      'home/bento/',
      'home/bento/bento/',
      'home/bento/bento/models/',
      'home/bento/bento/models/iris/',
      'home/bento/bento/models/iris/v1/',
      'home/bento/bento/models/iris/v1/model.onnx',
    ],
    [
      'home/',
      'home/bento/',
      'home/bento/bento/',
      'home/bento/bento/dist/',
      'home/bento/bento/env/',
      'home/bento/bento/env/docker/',
      'home/bento/bento/bento.yaml',
      'home/bento/bento/dist/service.mjs',
      'home/bento/bento/env/docker/entrypoint.sh',
      'home/bento/bento/package.json',
    ],
  ])
  const entries = contents.flat()
  expect(new Set(entries.map(({ uid, mtime }) => `${uid} ${mtime}`))).toEqual(new Set(['0 0']))
  const entrypoint = entries.find(({ path }) => path.endsWith('entrypoint.sh'))
  expect(entrypoint?.mode).toBe(0o755)
})

test('says in the config who runs what, where and how its health is seen', async () => {
  const { config } = await layout({ labels: { team: 'web' } })
  expect(config.config).toMatchObject({
    User: '1034:1034',
    Env: [
      'PATH=/usr/bin',
      'NODE_ENV=production',
      'ORT_DISABLE_TELEMETRY=1',
      'HOME=/home/bento',
      'BENTO_HOME=/tmp/bento',
      'BENTO_PATH=/home/bento/bento',
      'BENTO_HOST=0.0.0.0',
    ],
    Entrypoint: ['/home/bento/bento/env/docker/entrypoint.sh'],
    ExposedPorts: { '3000/tcp': {} },
    StopSignal: 'SIGTERM',
    Labels: { base: 'yes', team: 'web', 'bento.tag': 'app:v1' },
    Healthcheck: { Test: ['CMD', 'node', '/home/bento/bento/env/docker/healthcheck.mjs', '3000'] },
  })
  expect(config.config).not.toHaveProperty('Cmd')
  expect(config).toMatchObject({
    os: 'linux',
    architecture: 'amd64',
    created: '1970-01-01T00:00:00.000Z',
  })
})

test('exposes the port that the service says', async () => {
  const { folder } = await baseLayout()
  const bento = await bentoOf(files, { config: { http: { port: 8080 } } })
  const made = await makeImage(bento, { options: [`base=oci:${folder}`, 'output=image'] })
  const { config } = await readLayout(made.path ?? '', made.digest)
  expect(config.config).toMatchObject({ ExposedPorts: { '8080/tcp': {} } })
})

test('gives the same bytes in other folders, with another umask, without a cache', async () => {
  const { folder } = await baseLayout()
  const options = [`base=oci:${folder}`, 'output=image.tar']
  const first = await makeImage(await bentoOf(files), { options })
  const umask = process.umask(0o077)
  try {
    const second = await makeImage(await bentoOf(files), { options, useCache: false })
    expect(second.digest).toBe(first.digest)
    const archives = await Promise.all([first, second].map(({ path = '' }) => readFile(path)))
    expect(new Set(archives.map(sha256)).size).toBe(1)
  } finally {
    process.umask(umask)
  }
})

test('takes the time of everything from SOURCE_DATE_EPOCH', async () => {
  const { folder, manifest, config } = await layout({ env: { SOURCE_DATE_EPOCH: '1700000000' } })
  const [, models] = manifest.layers
  const entries = entriesOf(await readBlob(folder, models?.digest ?? ''))
  expect(new Set(entries.map(({ mtime }) => mtime))).toEqual(new Set([1_700_000_000]))
  expect(config).toMatchObject({ created: '2023-11-14T22:13:20.000Z' })
})

test('packs again only what changed', async () => {
  const { folder } = await baseLayout()
  const home = await temporaryFolder()
  const options = [`base=oci:${folder}`, 'output=image']
  const before = await makeImage(await bentoOf(files), { options, home })
  const changed = { ...files, 'dist/service.mjs': 'console.log("there")\n' }
  const after = await makeImage(await bentoOf(changed, { version: 'v2' }), { options, home })
  const [one, two] = await Promise.all(
    [before, after].map(({ path = '', digest }) => readLayout(path, digest)),
  )
  const same = two?.manifest.layers.filter(({ digest }) =>
    one?.manifest.layers.some((layer) => layer.digest === digest),
  )
  expect(same).toHaveLength(2)
})

test('makes one index of several platforms', async () => {
  const { folder } = await baseLayout(['amd64', 'arm64'])
  const platforms = ['linux/amd64,linux/arm64/v8']
  const options = [`base=oci:${folder}`, 'output=image']
  const { path = '', digest } = await makeImage(await bentoOf(files), { platforms, options })
  expect(await readJson(path, digest)).toMatchObject({
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      { platform: { os: 'linux', architecture: 'amd64' } },
      { platform: { os: 'linux', architecture: 'arm64' } },
    ],
  })
})

test('refuses a base for another platform', async () => {
  const { folder } = await baseLayout(['arm64'])
  await expect(
    makeImage(await bentoOf(files), { options: [`base=oci:${folder}`] }),
  ).rejects.toMatchObject({
    code: 'IMAGE_INVALID',
    message: `The image "oci:${folder}" cannot be used: its index has nothing for linux/amd64`,
  })
})

test('says that the disk cannot be written to', async () => {
  const { folder } = await baseLayout()
  const options = [`base=oci:${folder}`]
  await expect(
    makeImage(await bentoOf(files), { options, home: join(folder, 'index.json') }),
  ).rejects.toMatchObject({ code: 'STORE_FAILED' })
})

test('removes what a call that was killed has left, when it is old', async () => {
  const { folder } = await baseLayout()
  const home = await temporaryFolder()
  const cache = join(home, 'cache/containerize')
  await mkdir(join(cache, 'packages/.half/node_modules'), { recursive: true })
  await writeFile(join(cache, '.fresh.tmp'), '')
  await utimes(join(cache, 'packages/.half'), 0, 0)
  await makeImage(await bentoOf(files), { home, options: [`base=oci:${folder}`] })
  expect(await readdir(join(cache, 'packages'))).toEqual([])
  expect(await readdir(cache)).toContain('.fresh.tmp')
})

test('refuses a folder that is no layout', async () => {
  await expect(
    makeImage(await bentoOf(files), { options: ['base=oci:nowhere'] }),
  ).rejects.toMatchObject({
    code: 'IMAGE_NOT_FOUND',
  })
})

test.each([
  [
    'an option that nobody knows',
    { options: ['squash=1'] },
    'The oci backend has no option "squash"',
  ],
  [
    'a platform that has no images',
    { platforms: ['windows/amd64'] },
    '"windows/amd64" is no platform that images are built for',
  ],
  ['a push without a name', { isPushed: true }, 'There is no name to push the image under'],
  [
    'a build argument that nothing reads',
    { buildArgs: { A: 'b' } },
    'The oci backend runs no Dockerfile: it has no use for the build argument "A"',
  ],
  [
    'a time that is none',
    { env: { SOURCE_DATE_EPOCH: 'now' } },
    'SOURCE_DATE_EPOCH is "now", not a number of seconds',
  ],
  [
    'a backend that is not there',
    { backend: 'podman' },
    '"podman" is no backend that makes images',
  ],
])('refuses %s', async (_, options, message) => {
  await expect(makeImage(await bentoOf(files), options)).rejects.toMatchObject({
    code: 'USAGE',
    message,
  })
})

test('says which package npm could not fetch', async () => {
  const { folder } = await baseLayout()
  const bento = await bentoOf({
    ...files,
    'package.json': '{"dependencies":{"nothing":"1.0.0"}}',
    'package-lock.json': '{"lockfileVersion":3,"packages":{"":{"dependencies":{"other":"1.0.0"}}}}',
  })
  const env = {
    ...process.env,
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
  }
  await expect(makeImage(bento, { env, options: [`base=oci:${folder}`] })).rejects.toMatchObject({
    code: 'PACKAGES_FAILED',
    message: expect.stringMatching(
      /^npm cannot fetch the packages of the bento for linux\/amd64\n {2}npm error /,
    ),
  })
}, 30_000)
