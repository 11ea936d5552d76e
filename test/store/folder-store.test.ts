import { mkdir, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openBentoStore } from '../../src/store/bento-store.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import type { ModelEntry, ModelStore } from '../../src/store/model-store.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { bentoManifest, modelManifest } from './manifests.ts'

async function add(store: ModelStore, tag: string, content = tag): Promise<ModelEntry> {
  const [name = '', version = ''] = tag.split(':')
  const staging = await store.stage()
  try {
    await writeFile(join(staging.path, 'model.onnx'), content)
    return await store.commit(staging, { ...modelManifest, name, version })
  } finally {
    await staging.discard()
  }
}

test('finds nothing in a home that does not exist', async () => {
  const home = join(await temporaryFolder(), 'none')
  const store = openModelStore(home)
  expect(await store.find('iris')).toBeUndefined()
  expect(await store.list()).toEqual([])
  await expect(readdir(home)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('stores a folder with its manifest, and its time and size beside it', async () => {
  const home = await temporaryFolder()
  const now = new Date('2026-11-23T12:00:00.000Z')
  const store = openModelStore(home, { now: () => now })
  const entry = await add(store, 'iris:v1')
  expect(entry).toMatchObject({
    tag: 'iris:v1',
    name: 'iris',
    version: 'v1',
    path: join(home, 'models', 'iris', 'v1'),
    createdAt: now,
    manifest: modelManifest,
  })
  const sizes = await Promise.all(
    ['model.onnx', 'model.yaml'].map(
      async (file) => (await readFile(join(entry.path, file))).length,
    ),
  )
  expect(entry.size).toBe(sizes.reduce((sum, size) => sum + size))
  expect((await readdir(entry.path)).toSorted()).toEqual(['model.onnx', 'model.yaml'])
  expect(await readFile(join(home, 'models', 'iris', 'latest'), 'utf8')).toBe('v1')
  expect(await readdir(join(home, 'models', '.staging'))).toEqual([])
})

test('resolves names, latest, exact versions and unique prefixes', async () => {
  const store = openModelStore(await temporaryFolder())
  await add(store, 'iris:abc1')
  await add(store, 'iris:abd2')
  await add(store, 'iris:abc1x')
  const tagOf = async (text: string): Promise<string | undefined> => (await store.find(text))?.tag
  expect(await tagOf('iris')).toBe('iris:abc1x')
  expect(await tagOf('IRIS:Latest')).toBe('iris:abc1x')
  expect(await tagOf('iris:abc1')).toBe('iris:abc1')
  expect(await tagOf('iris:abd')).toBe('iris:abd2')
  expect(await tagOf('iris:x')).toBeUndefined()
  await expect(store.find('iris:ab')).rejects.toMatchObject({
    code: 'TAG_AMBIGUOUS',
    hint: 'Write more of it: iris:abc1, iris:abc1x, iris:abd2.',
  })
})

test('lists the newest first, of all names or of one', async () => {
  const store = openModelStore(await temporaryFolder())
  for (const tag of ['iris:b', 'wine:a', 'iris:a']) await add(store, tag)
  const tags = async (name?: string): Promise<string[]> =>
    (await store.list(name)).map((entry) => entry.tag)
  expect(await tags()).toEqual(['iris:a', 'wine:a', 'iris:b'])
  expect(await tags('iris')).toEqual(['iris:a', 'iris:b'])
  expect(await tags('iris:b')).toEqual(['iris:b'])
  expect(await tags('iris:none')).toEqual([])
  expect(await tags('none')).toEqual([])
})

test('reports a broken version and lists the others', async () => {
  const home = await temporaryFolder()
  const store = openModelStore(home)
  await add(store, 'iris:good')
  const { path } = await add(store, 'iris:bad')
  await writeFile(join(path, 'model.yaml'), 'name: [')
  await mkdir(join(home, 'models', 'iris', 'empty'))
  await writeFile(join(home, 'models', '.DS_Store'), '')
  await writeFile(join(home, 'models', 'iris', '.DS_Store'), '')
  const broken: string[] = []
  const listed = await store.list(undefined, (error) => broken.push(error.code))
  expect(listed.map((entry) => entry.tag)).toEqual(['iris:good'])
  expect(broken).toEqual(['MODEL_INVALID', 'MODEL_INVALID'])
  await store.remove('iris:bad')
  await expect(readdir(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('refuses a manifest that names another place', async () => {
  const home = await temporaryFolder()
  const store = openModelStore(home)
  const { path } = await add(store, 'iris:v1')
  const content = await readFile(join(path, 'model.yaml'), 'utf8')
  await writeFile(join(path, 'model.yaml'), content.replace('name: iris', 'name: wine'))
  await expect(store.find('iris:v1')).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: 'The model "iris:v1" is broken: its manifest says "wine:v1"',
  })
})

test('takes the same content again and refuses other content', async () => {
  const home = await temporaryFolder()
  const first = await add(openModelStore(home), 'iris:v1')
  const again = await add(openModelStore(home), 'iris:v1')
  expect(again.path).toBe(first.path)
  await expect(add(openModelStore(home), 'iris:v1', 'other')).rejects.toMatchObject({
    code: 'MODEL_EXISTS',
    message: 'Another model is already stored as "iris:v1"',
  })
  expect(await readFile(join(first.path, 'model.onnx'), 'utf8')).toBe('iris:v1')
})

test('makes latest what was stored last, even when it was there before', async () => {
  const store = openModelStore(await temporaryFolder())
  await add(store, 'iris:a')
  await add(store, 'iris:b')
  expect((await store.find('iris'))?.version).toBe('b')
  await add(store, 'iris:a')
  expect((await store.find('iris'))?.version).toBe('a')
})

test('does not move latest to something older', async () => {
  const home = await temporaryFolder()
  await add(openModelStore(home, { now: () => new Date('2026-06-01') }), 'iris:new')
  await add(openModelStore(home, { now: () => new Date('2026-05-01') }), 'iris:old')
  expect((await openModelStore(home).find('iris'))?.version).toBe('new')
})

test('orders versions that were stored within one millisecond', async () => {
  const store = openModelStore(await temporaryFolder(), { now: () => new Date('2026-06-01') })
  for (const version of ['b', 'c', 'a']) await add(store, `iris:${version}`)
  expect((await store.list()).map((entry) => entry.version)).toEqual(['a', 'c', 'b'])
  expect((await store.find('iris'))?.version).toBe('a')
})

test.each([
  ['missing', undefined],
  ['dangling', 'gone'],
  ['nonsense', '../../etc'],
])('rebuilds a latest that is %s', async (_name, content) => {
  const home = await temporaryFolder()
  const store = openModelStore(home)
  await add(store, 'iris:a')
  await add(store, 'iris:b')
  const pointer = join(home, 'models', 'iris', 'latest')
  await (content === undefined ? rm(pointer) : writeFile(pointer, content))
  expect((await store.find('iris'))?.version).toBe('b')
  expect(await readFile(pointer, 'utf8')).toBe('b')
})

test('counts a version whose record is lost from the time of its manifest', async () => {
  const home = await temporaryFolder()
  const store = openModelStore(home)
  const { path, size } = await add(store, 'iris:v1')
  await rm(join(home, 'models', 'iris', '.v1.json'))
  const time = new Date('2026-01-01')
  await utimes(join(path, 'model.yaml'), time, time)
  expect(await store.find('iris:v1')).toMatchObject({ createdAt: time, size })
})

test('removes a version, falls back to the one before, and forgets an empty name', async () => {
  const home = await temporaryFolder()
  const store = openModelStore(home)
  await add(store, 'iris:a')
  await add(store, 'iris:b')
  await store.remove('iris')
  expect((await store.find('iris'))?.version).toBe('a')
  await store.remove('iris:a')
  expect(await readdir(join(home, 'models'))).toEqual(['.staging'])
  await expect(store.remove('iris:a')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})

test('says what there is when a tag is not found', async () => {
  const store = openModelStore(await temporaryFolder())
  await add(store, 'iris_classifier:v1')
  await expect(store.require('iris_clasifier')).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: 'No model is tagged "iris_clasifier"',
    hint: 'Did you mean "iris_classifier"? Run `bento models list` to see what there is.',
  })
  await expect(store.require('iris_classifier:v2')).rejects.toMatchObject({
    hint: 'Use one of its versions: v1.',
  })
  expect((await store.require('iris_classifier')).version).toBe('v1')
})

test('keeps bentos beside models, with errors of their own', async () => {
  const home = await temporaryFolder()
  const store = openBentoStore(home)
  const put = async (readme: string): Promise<string> => {
    const staging = await store.stage()
    await writeFile(join(staging.path, 'README.md'), readme)
    return (await store.commit(staging, bentoManifest)).path
  }
  expect(await put('one')).toBe(join(home, 'bentos', 'iris', 'v1'))
  await expect(put('two')).rejects.toMatchObject({ code: 'BENTO_EXISTS' })
  await expect(store.require('wine')).rejects.toMatchObject({ code: 'BENTO_NOT_FOUND' })
  await writeFile(join(home, 'bentos', 'iris', 'v1', 'bento.yaml'), 'format: 1')
  await expect(store.find('iris:v1')).rejects.toMatchObject({ code: 'BENTO_INVALID' })
})

test('compares bentos without what npm installed in them', async () => {
  const store = openBentoStore(await temporaryFolder())
  const first = await store.commit(await store.stage(), bentoManifest)
  await mkdir(join(first.path, 'node_modules', 'x'), { recursive: true })
  await writeFile(join(first.path, 'node_modules', 'x', 'index.js'), '')
  const again = await store.commit(await store.stage(), bentoManifest)
  expect(again.path).toBe(first.path)
})

test('says where it cannot write', async () => {
  const home = join(await temporaryFolder(), 'file')
  await writeFile(home, '')
  await expect(openModelStore(home).stage()).rejects.toMatchObject({
    code: 'STORE_FAILED',
    hint: 'Set BENTO_HOME to a folder that you may write to.',
  })
})

test('refuses to commit a tag that is none', async () => {
  const store = openModelStore(await temporaryFolder())
  await expect(add(store, '../x:v1')).rejects.toMatchObject({ code: 'TAG_INVALID' })
  await expect(add(store, 'iris:latest')).rejects.toMatchObject({ code: 'TAG_INVALID' })
})

test('amends what a manifest says beside its version, and storing the same again keeps it', async () => {
  const store = openModelStore(await temporaryFolder())
  const { path } = await add(store, 'iris:v1')
  const profile = { signature: 'run', measured_on: 'here', points: [{ rows: 1, ms: 0.5 }] }
  const amended = await store.amend('iris', (manifest) => ({ ...manifest, profile }))
  expect(amended).toMatchObject({ tag: 'iris:v1', path, manifest: { profile } })
  expect((await readdir(path)).toSorted()).toEqual(['model.onnx', 'model.yaml'])
  expect((await add(store, 'iris:v1')).manifest.profile).toEqual(profile)
  await expect(add(store, 'iris:v1', 'other')).rejects.toMatchObject({ code: 'MODEL_EXISTS' })
  await expect(store.amend('none', (manifest) => manifest)).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
  })
})
