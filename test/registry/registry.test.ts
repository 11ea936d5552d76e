import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { downloadBlob, readSmallBlob } from '../../src/registry/pull-blob.ts'
import { blobOf, hasBlob, pushBlob } from '../../src/registry/push-blob.ts'
import { attach, listReferrers } from '../../src/registry/referrers.ts'
import { describeWith, missing } from '../describe-with.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { manifestOf } from './blobs.ts'
import { dockerConfig, openTestRegistry, startRegistry } from './docker-registry.ts'

const lacking = await missing('docker-registry', 'htpasswd', 'openssl')

describeWith('a registry', lacking, () => {
  test('pushes a small blob once, and reads it back', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const blob = blobOf(Buffer.from('hello'))
    expect(await pushBlob(registry, blob, { repository: 'a/b' })).toBe('pushed')
    expect(await pushBlob(registry, blob, { repository: 'a/b' })).toBe('exists')
    const read = await readSmallBlob(registry, { ...blob, repository: 'a/b' })
    expect(read.toString()).toBe('hello')
  })

  test('sends a large blob in pieces and tells how far it is', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const bytes = randomBytes(1_000_000)
    const progress: number[] = []
    const options = {
      repository: 'big',
      chunkBytes: 300_000,
      onProgress: (n: number) => progress.push(n),
    }
    expect(await pushBlob(registry, blobOf(bytes), options)).toBe('pushed')
    expect(progress).toEqual([300_000, 600_000, 900_000, 1_000_000, 1_000_000])
    const file = join(await temporaryFolder(), 'blob')
    await downloadBlob(registry, { ...blobOf(bytes), repository: 'big' }, file)
    expect((await readFile(file)).equals(bytes)).toBe(true)
  })

  test('links a blob that another repository of the registry has', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const blob = blobOf(Buffer.from('shared'))
    await pushBlob(registry, blob, { repository: 'one' })
    expect(await hasBlob(registry, 'two', blob.digest)).toBe(false)
    expect(await pushBlob(registry, blob, { repository: 'two', mountFrom: 'one' })).toBe('mounted')
    expect(await hasBlob(registry, 'two', blob.digest)).toBe(true)
  })

  test('takes a download up where it broke', async () => {
    const { host, log } = await startRegistry()
    const registry = await openTestRegistry(host)
    const bytes = randomBytes(100_000)
    const blob = { ...blobOf(bytes), repository: 'model' }
    await pushBlob(registry, blobOf(bytes), blob)
    const file = join(await temporaryFolder(), 'blob')
    await writeFile(`${file}.part`, bytes.subarray(0, 60_000))
    await downloadBlob(registry, blob, file)
    expect((await readFile(file)).equals(bytes)).toBe(true)
    expect(log()).toMatch(/GET \/v2\/model\/blobs\/\S+ HTTP\/1.1" 206 40000/)
  })

  test('refuses a part that belongs to something else, and leaves no file', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const bytes = randomBytes(1000)
    const blob = { ...blobOf(bytes), repository: 'model' }
    await pushBlob(registry, blobOf(bytes), blob)
    const file = join(await temporaryFolder(), 'blob')
    await writeFile(`${file}.part`, randomBytes(500))
    await expect(downloadBlob(registry, blob, file)).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
    })
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
    await downloadBlob(registry, blob, file)
    expect((await readFile(file)).equals(bytes)).toBe(true)
  })

  test('puts a manifest under a tag, and finds it by tag and by digest', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const [config, layer] = [blobOf(Buffer.from('{}')), blobOf(Buffer.from('layer'))]
    await pushBlob(registry, config, { repository: 'app' })
    await pushBlob(registry, layer, { repository: 'app' })
    const manifest = manifestOf(config, layer)
    const digest = await registry.putManifest('app', 'v1', manifest)
    expect(await registry.findDigest('app', 'v1')).toBe(digest)
    const found = await registry.findManifest('app', digest)
    expect(found).toMatchObject({ mediaType: manifest.mediaType, digest })
    expect(await registry.listTags('app')).toEqual(['v1'])
    expect(await registry.findManifest('app', 'v2')).toBeUndefined()
    expect(await registry.listTags('nothing')).toEqual([])
  })

  test('attaches documents to an image, each once, where the registry has no question for them', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const [config, layer] = [blobOf(Buffer.from('{}')), blobOf(Buffer.from('layer'))]
    for (const blob of [config, layer]) await pushBlob(registry, blob, { repository: 'app' })
    const { mediaType, bytes } = manifestOf(config, layer)
    const digest = await registry.putManifest('app', 'v1', { mediaType, bytes })
    const image = { repository: 'app', subject: { mediaType, digest, size: bytes.length } }
    expect(await listReferrers(registry, 'app', digest)).toEqual([])
    const openapi = { artifactType: 'application/vnd.oai.openapi+json', title: 'openapi.json' }
    const one = await attach(registry, image, { ...openapi, bytes: Buffer.from('one') })
    const two = await attach(registry, image, { ...openapi, bytes: Buffer.from('two') })
    await attach(registry, image, { ...openapi, bytes: Buffer.from('one') })
    expect(await listReferrers(registry, 'app', digest)).toEqual([one, two])
  })

  test('names what is not there', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    await expect(registry.requireManifest('app', 'v1')).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: `"${host}" has no "app:v1"`,
    })
  })

  test('says what a registry did not like about a manifest', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const manifest = manifestOf(blobOf(Buffer.from('gone')), blobOf(Buffer.from('gone too')))
    await expect(registry.putManifest('app', 'v1', manifest)).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      message: `"${host}" answered 400 to the manifest "app:v1": blob unknown to registry`,
    })
  })

  test('logs in with what the Docker config says of this registry', async () => {
    const user = ['ann', 'a:b c'] as const
    const { host } = await startRegistry({ user })
    const registry = await openTestRegistry(host, { env: await dockerConfig(host, user) })
    const blob = blobOf(Buffer.from('secret'))
    expect(await pushBlob(registry, blob, { repository: 'private' })).toBe('pushed')
    expect(await hasBlob(registry, 'private', blob.digest)).toBe(true)
  })

  test.each([
    ['nobody', undefined],
    ['a wrong password', ['ann', 'wrong'] as const],
  ])('says where to log in: %s', async (_, user) => {
    const { host } = await startRegistry({ user: ['ann', 'right'] })
    const env = user && { env: await dockerConfig(host, user) }
    const registry = await openTestRegistry(host, env)
    await expect(registry.listTags('private')).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
      hint: `Run \`docker login ${host}\`, and check what your account may do.`,
    })
  })

  test('talks TLS to a registry with a certificate of its own only when told that this will do', async () => {
    const user = ['ann', 'secret'] as const
    const { host } = await startRegistry({ user, hasTls: true })
    const env = await dockerConfig(host, user)
    const careful = await openTestRegistry(host, { env })
    await expect(careful.listTags('app')).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      message: `"${host}" cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT`,
    })
    const blob = blobOf(Buffer.from('hello'))
    const trusting = await openTestRegistry(host, { env, isInsecure: true })
    expect(await pushBlob(trusting, blob, { repository: 'app' })).toBe('pushed')
  })

  test('says that nobody answers', async () => {
    const { host, kill } = await startRegistry()
    await kill()
    const registry = await openTestRegistry(host)
    await expect(registry.listTags('app')).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      message: `"${host}" cannot be reached: ECONNREFUSED`,
    })
  })
})
