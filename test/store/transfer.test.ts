import { chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { importModel } from '../../src/models/save.ts'
import { openBentoStore } from '../../src/store/bento-store.ts'
import { digestFiles, readFiles } from '../../src/store/digest.ts'
import { renderBentoManifest, renderModelManifest } from '../../src/store/manifest-files.ts'
import type { BentoManifest } from '../../src/store/manifest.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import type { ModelEntry, ModelStore } from '../../src/store/model-store.ts'
import { packArchive } from '../../src/store/pack.ts'
import {
  exportBento,
  exportModel,
  importBento,
  importModelArchive,
} from '../../src/store/transfer.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { bentoManifest, modelManifest } from './manifests.ts'
import { archiveOf } from './tar-writer.ts'

async function storeWithIris(): Promise<{ store: ModelStore; entry: ModelEntry }> {
  const file = join(await temporaryFolder(), 'iris.onnx')
  await writeFile(file, identityModel('float32'))
  const store = openModelStore(await temporaryFolder())
  return { store, entry: await importModel(store, { file }) }
}

async function emptyStore(): Promise<ModelStore> {
  return openModelStore(await temporaryFolder())
}

test('carries a model from one store to another', async () => {
  const { store, entry } = await storeWithIris()
  const file = await exportModel(store, 'iris', await temporaryFolder())
  const target = await emptyStore()
  const imported = await importModelArchive(target, file)
  expect(imported.tag).toBe(entry.tag)
  expect(imported.manifest).toEqual(entry.manifest)
  expect(await readFiles(imported.path)).toEqual(await readFiles(entry.path))
  expect((await importModelArchive(target, file)).tag).toBe(entry.tag)
})

test('leaves out of an exported model what its manifest does not know', async () => {
  const { store, entry } = await storeWithIris()
  await writeFile(join(entry.path, 'stray.txt'), 'stray')
  const file = await exportModel(store, 'iris', await temporaryFolder())
  const imported = await importModelArchive(await emptyStore(), file)
  expect(await readdir(imported.path)).not.toContain('stray.txt')
})

test('writes the archive where the destination says', async () => {
  const { store, entry } = await storeWithIris()
  const folder = await temporaryFolder()
  const name = `iris-${entry.version}.bentomodel`
  const cases = [
    [folder, name],
    [`${folder}/`, name],
    [join(folder, 'mine'), 'mine.bentomodel'],
    [join(folder, 'mine.bentomodel'), 'mine.bentomodel'],
    [join(folder, 'mine.tgz'), 'mine.tgz.bentomodel'],
    [join(folder, 'mine.tar.gz'), 'mine.tar.gz'],
  ] as const
  for (const [destination, expected] of cases) {
    expect(await exportModel(store, 'iris', destination)).toBe(join(folder, expected))
  }
  for (const missing of ['none/', 'none/mine']) {
    await expect(exportModel(store, 'iris', join(folder, missing))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
  }
  await expect(exportModel(store, 'wine', folder)).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
  })
})

test('writes the same bytes in another folder, order, umask and time zone', async () => {
  const write = async (names: readonly string[], mode: number): Promise<Buffer> => {
    const folder = await temporaryFolder()
    for (const name of names) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), name)
      await chmod(join(folder, name), name.endsWith('.sh') ? mode | 0o100 : mode)
    }
    const target = join(await temporaryFolder(), 'x.bento')
    await packArchive(folder, target)
    return readFile(target)
  }
  const names = ['b.txt', 'a/run.sh', 'a/ä.txt', `${'long/'.repeat(40)}name`]
  const first = await write(names, 0o644)
  const zone = process.env['TZ']
  process.env['TZ'] = 'Asia/Kolkata'
  const second = await write(names.toReversed(), 0o600)
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
  expect(second.equals(first)).toBe(true)
  // RFC 1952: no time of its own, and no name of the system that wrote it.
  expect([...first.subarray(4, 8), first[9]]).toEqual([0, 0, 0, 0, 255])
  expect(gunzipSync(first).includes('run.sh')).toBe(true)
})

test('packs no links, and nothing that could not be unpacked everywhere', async () => {
  const target = join(await temporaryFolder(), 'x.bento')
  const linked = await temporaryFolder()
  await symlink('/etc/passwd', join(linked, 'link'))
  await expect(packArchive(linked, target)).rejects.toMatchObject({ code: 'LINK_REFUSED' })
  const clashing = await temporaryFolder()
  await writeFile(join(clashing, 'README'), '')
  await writeFile(join(clashing, 'readme'), '')
  await expect(packArchive(clashing, target)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  expect(await readdir(dirname(target))).toEqual([])
})

test('imports nothing from a file that is missing or no archive', async () => {
  const store = await emptyStore()
  await expect(importModelArchive(store, '/nowhere/x.bentomodel')).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  })
  const file = join(await temporaryFolder(), 'x.bentomodel')
  await writeFile(file, 'text')
  await expect(importModelArchive(store, file)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  expect(await store.list()).toEqual([])
})

const weights = { path: 'model.onnx', content: 'weights' }
const listed = [
  {
    path: 'model.onnx',
    size: 7,
    sha256: '9ac4b01d8ac6d33fcb38bba0b8c5a7b7c7d2f0ffb6cb9b0c9fae0b1bfa3ff0d1',
  },
]

test.each<[string, Parameters<typeof archiveOf>[0]]>([
  ['no manifest', [weights]],
  ['files that the manifest does not list', [weights]],
  ['another content than the manifest says', [weights]],
  ['a broken manifest', [weights, { path: 'model.yaml', content: 'format: 1' }]],
])('refuses a model archive with %s', async (name, entries) => {
  const files = name.startsWith('another') ? listed : []
  const content = await renderModelManifest({ ...modelManifest, files })
  const hasManifest = name.startsWith('files') || name.startsWith('another')
  const archive = await archiveOf(
    hasManifest ? [...entries, { path: 'model.yaml', content }] : entries,
  )
  const store = await emptyStore()
  const failure: unknown = await importModelArchive(store, archive).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'ARCHIVE_INVALID' })
  expect(String(failure)).not.toContain('.staging')
  expect(await store.list()).toEqual([])
})

async function bentoFolder(): Promise<{ folder: string; manifest: BentoManifest }> {
  const { entry } = await storeWithIris()
  const folder = await temporaryFolder()
  const path = `models/iris/${entry.version}`
  await mkdir(join(folder, path), { recursive: true })
  for (const name of await readdir(entry.path)) {
    await writeFile(join(folder, path, name), await readFile(join(entry.path, name)))
  }
  await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
  await symlink('/nowhere', join(folder, 'node_modules/.bin/x'))
  const model = {
    requested: 'iris:latest',
    tag: entry.tag,
    runtime: 'onnx',
    main: entry.manifest.main,
    signatures: entry.manifest.signatures,
    digest: digestFiles(entry.manifest.files),
    path,
  }
  return { folder, manifest: { ...bentoManifest, models: [model] } }
}

async function packBento(folder: string, manifest: BentoManifest): Promise<string> {
  await writeFile(join(folder, 'bento.yaml'), await renderBentoManifest(manifest))
  const target = join(await temporaryFolder(), 'x.bento')
  await packArchive(folder, target)
  return target
}

test('carries a bento with its models, and without what npm installed', async () => {
  const { folder, manifest } = await bentoFolder()
  const store = openBentoStore(await temporaryFolder())
  const first = await importBento(store, await packBento(folder, manifest))
  expect(first.manifest).toEqual(manifest)
  expect((await readdir(first.path)).toSorted()).toEqual(['bento.yaml', 'models'])
  const file = await exportBento(store, 'iris', await temporaryFolder())
  const second = await importBento(openBentoStore(await temporaryFolder()), file)
  expect(await readFiles(second.path)).toEqual(await readFiles(first.path))
})

test.each<[string, (manifest: BentoManifest, folder: string) => Promise<BentoManifest>]>([
  [
    'whose model was changed',
    async (manifest, folder) => {
      await writeFile(join(folder, manifest.models[0]?.path ?? '', 'iris.onnx'), 'evil')
      return manifest
    },
  ],
  ['that asks for another model', async (manifest) => withModel(manifest, { digest: 'other' })],
  ['that lacks its model', async (manifest) => withModel(manifest, { path: 'models/none' })],
  ['whose model lies outside', async (manifest) => withModel(manifest, { path: '../../x' })],
  ['whose model is anywhere', async (manifest) => withModel(manifest, { path: '/etc' })],
])('refuses a bento %s', async (_name, change) => {
  const { folder, manifest } = await bentoFolder()
  const archive = await packBento(folder, await change(manifest, folder))
  const store = openBentoStore(await temporaryFolder())
  await expect(importBento(store, archive)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
  expect(await store.list()).toEqual([])
})

function withModel(manifest: BentoManifest, change: object): BentoManifest {
  return { ...manifest, models: manifest.models.map((model) => Object.assign({}, model, change)) }
}
