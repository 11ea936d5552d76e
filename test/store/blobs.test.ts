import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { packModels } from '../../src/build/pack-models.ts'
import { importModel } from '../../src/models/save.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import type { ModelEntry, ModelStore } from '../../src/store/model-store.ts'
import { exportModel, importModelArchive } from '../../src/store/transfer.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const content = identityModel('float32')

interface Opened {
  readonly store: ModelStore
  readonly add: (tag: string) => Promise<ModelEntry>
  readonly blobs: () => Promise<string[]>
}

async function openStore(): Promise<Opened> {
  const home = await temporaryFolder()
  const file = join(await temporaryFolder(), 'model.onnx')
  await writeFile(file, content)
  const store = openModelStore(home)
  return {
    store,
    add(tag) {
      const [name = '', version = ''] = tag.split(':')
      return importModel(store, { file, name, version })
    },
    blobs: () => readdir(join(home, 'models', '.blobs')),
  }
}

function inodeOf({ path }: Pick<ModelEntry, 'path'>): Promise<number> {
  return stat(join(path, 'model.onnx')).then(({ ino }) => ino)
}

test('stores the same weights once under all tags', async () => {
  const { store, add, blobs } = await openStore()
  const entries = [await add('iris:a'), await add('iris:b'), await add('wine:a')]
  expect(new Set(await Promise.all(entries.map(inodeOf))).size).toBe(1)
  expect(await blobs()).toEqual([entries[0]?.manifest.files[0]?.sha256])
  const archive = await exportModel(store, 'wine', await temporaryFolder())
  await store.remove('wine')
  expect(await inodeOf(await importModelArchive(store, archive))).toBe(
    await inodeOf(entries[0] ?? { path: '' }),
  )
})

test('keeps the bytes until the last tag is gone, and says what that freed', async () => {
  const { store, add, blobs } = await openStore()
  const first = await add('iris:a')
  await add('iris:b')
  const manifest = (await stat(join(first.path, 'model.yaml'))).size
  expect(await store.remove('iris:a')).toBe(manifest)
  expect(await blobs()).toHaveLength(1)
  expect(await store.remove('iris:b')).toBe(manifest + content.length)
  expect(await blobs()).toEqual([])
})

test('keeps what a bento was built with, and sweeps it once the bento is gone', async () => {
  const { store, add, blobs } = await openStore()
  const bento = await temporaryFolder()
  const entry = await add('iris:a')
  await packModels([{ requested: 'iris', entry }], bento)
  await store.remove('iris')
  expect(await blobs()).toHaveLength(1)
  expect(await store.sweep()).toBe(0)
  await rm(bento, { recursive: true })
  expect(await store.sweep()).toBe(content.length)
  expect(await blobs()).toEqual([])
})

test('does not hand on a file that somebody wrote into', async () => {
  const { add } = await openStore()
  const broken = await add('iris:a')
  await writeFile(join(broken.path, 'model.onnx'), Buffer.alloc(content.length))
  const sound = await add('wine:a')
  expect(await readFile(join(sound.path, 'model.onnx'))).toEqual(Buffer.from(content))
  expect(await inodeOf(await add('rose:a'))).toBe(await inodeOf(sound))
})

test('reads a store that was made before there were blobs', async () => {
  const { store, add, blobs } = await openStore()
  const entry = await add('iris:a')
  for (const blob of await blobs()) await rm(join(entry.path, '../../.blobs', blob))
  expect((await store.require('iris')).manifest).toEqual(entry.manifest)
  expect((await add('iris:b')).manifest.files).toEqual(entry.manifest.files)
  expect(await store.remove('iris:a')).toBeGreaterThan(content.length)
})
