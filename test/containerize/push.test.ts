import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import type { Registry } from '../../src/registry/client.ts'
import type { BlobKey } from '../../src/registry/download.ts'
import { readSmallBlob } from '../../src/registry/pull-blob.ts'
import { listReferrers } from '../../src/registry/referrers.ts'
import { describeWith, missing } from '../describe-with.ts'
import { dockerConfig, openTestRegistry, startRegistry } from '../registry/docker-registry.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { baseLayout, bentoOf, files, makeImage } from './images.ts'

const run = promisify(execFile)

describeWith('a registry', await missing('docker-registry', 'htpasswd'), () => {
  test('gets every layer once, and only the code when only that changed', async () => {
    const { host } = await startRegistry()
    const { folder } = await baseLayout()
    const home = await temporaryFolder()
    const options = { home, options: [`base=oci:${folder}`], isPushed: true }
    const first = await makeImage(await bentoOf(files), { ...options, names: [`${host}/app:v1`] })
    expect(first).toMatchObject({ names: [`${host}/app:v1`] })
    expect(first.path).toBeUndefined()
    expect(first.lines).toContain('sent 3 of 3 layers, 0.0 MB')
    const changed = await bentoOf({ ...files, 'dist/service.mjs': '1\n' }, { version: 'v2' })
    const second = await makeImage(changed, { ...options, names: [`${host}/app:v2`] })
    expect(second.lines).toContain('sent 1 of 3 layers, 0.0 MB')
  })

  test('gets what the bento says of itself beside the image, and in its labels', async () => {
    const { host } = await startRegistry()
    const { folder } = await baseLayout()
    const documents = {
      'apis/openapi.json': '{ "openapi": "3.1.0" }',
      'sbom.cdx.json': '{ "bomFormat": "CycloneDX" }',
      'provenance.json': '{ "subject": [{ "name": "bento.yaml" }] }',
    }
    const bento = await bentoOf({ ...files, ...documents })
    const { digest } = await makeImage(bento, {
      options: [`base=oci:${folder}`],
      names: [`${host}/app:v1`],
      isPushed: true,
    })
    const registry = await openTestRegistry(host)
    const attached = await listReferrers(registry, 'app', digest)
    expect(attached.map(({ artifactType }) => artifactType)).toEqual([
      'application/vnd.bento.manifest+yaml',
      'application/vnd.oai.openapi+json',
      'application/vnd.cyclonedx+json',
      'application/vnd.in-toto+json',
    ])
    const [layer] = (await partsOf(registry, attached[3]?.digest)).layers
    expect(await jsonOf(registry, layer)).toMatchObject({
      subject: [
        { name: `${host}/app:v1`, digest: { sha256: digest.slice('sha256:'.length) } },
        { name: 'bento.yaml' },
      ],
    })
    expect(await jsonOf(registry, (await partsOf(registry, digest)).config)).toMatchObject({
      config: {
        Labels: {
          'bento.manifest': JSON.stringify(bento.manifest),
          'bento.openapi': '{"openapi":"3.1.0"}',
          'bento.sbom': '{"bomFormat":"CycloneDX"}',
        },
      },
    })
  })

  test('builds on an image of the same registry without fetching its layers', async () => {
    const { host, log } = await startRegistry()
    const { folder, layer } = await baseLayout()
    const base = `${host}/base:v1`
    await makeImage(await bentoOf({ 'dist/a.mjs': '' }), {
      options: [`base=oci:${folder}`],
      names: [base],
      isPushed: true,
    })
    const bento = await bentoOf(files)
    const { lines } = await makeImage(bento, {
      options: [`base=${base}`],
      names: [`${host}/other/app:v1`],
      isPushed: true,
    })
    expect(lines).toContain('sent 2 of 4 layers, 0.0 MB')
    expect(log()).not.toContain(`GET /v2/base/blobs/${layer.digest}`)
  })

  test('pushes with the credentials of the registry under all names', async () => {
    const user = ['ann', 'secret'] as const
    const { host } = await startRegistry({ user })
    const { folder } = await baseLayout()
    const env = await dockerConfig(host, user)
    const names = [`${host}/app:v1`, `${host}/app:latest`]
    const options = [`base=oci:${folder}`]
    const image = await makeImage(await bentoOf(files), { env, names, options, isPushed: true })
    expect(image.names).toEqual(names)
    await expect(
      makeImage(await bentoOf(files), { names, options, isPushed: true }),
    ).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
  })
})

interface Parts {
  readonly config: BlobKey
  readonly layers: readonly BlobKey[]
}

async function partsOf(registry: Registry, digest = ''): Promise<Parts> {
  const { bytes } = await registry.requireManifest('app', digest)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because every manifest of an image has these
  return JSON.parse(bytes.toString()) as Parts
}

async function jsonOf(registry: Registry, blob?: BlobKey): Promise<unknown> {
  if (blob === undefined) throw new Error('there is no such blob')
  return JSON.parse((await readSmallBlob(registry, { ...blob, repository: 'app' })).toString())
}

describeWith('other tools', await missing('docker-registry', 'skopeo'), () => {
  test('read what was pushed, and what they push is a base', async () => {
    const { host } = await startRegistry()
    const [one, two] = [await baseLayout(), await baseLayout(['amd64', 'arm64'])]
    const target = `docker://${host}/node:26`
    await run('skopeo', ['copy', '--dest-tls-verify=false', `oci:${one.folder}`, target])
    const options = { names: [`${host}/app:v1`], isPushed: true }
    const bento = await bentoOf(files)
    await makeImage(bento, { ...options, options: [`base=${host}/node:26`] })
    const { digest } = await makeImage(bento, {
      ...options,
      options: [`base=oci:${two.folder}`],
      platforms: ['linux/amd64', 'linux/arm64'],
    })
    const { stdout } = await run('skopeo', [
      'inspect',
      '--raw',
      '--tls-verify=false',
      `docker://${host}/app@${digest}`,
    ])
    expect(JSON.parse(stdout)).toMatchObject({
      manifests: [{ platform: { architecture: 'amd64' } }, {}],
    })
    const copy = `oci:${await temporaryFolder()}`
    await run('skopeo', [
      'copy',
      '--all',
      '--src-tls-verify=false',
      `docker://${host}/app:v1`,
      copy,
    ])
  })

  test('read the file that is written', async () => {
    const { folder } = await baseLayout()
    const options = [`base=oci:${folder}`, 'output=app.tar']
    const { path, digest } = await makeImage(await bentoOf(files), { options })
    const { stdout } = await run('skopeo', ['inspect', `oci-archive:${path}`])
    expect(JSON.parse(stdout)).toMatchObject({ Digest: digest, Labels: { 'bento.tag': 'app:v1' } })
    await run('skopeo', ['copy', `docker-archive:${path}`, `oci:${await temporaryFolder()}`])
  })
})
