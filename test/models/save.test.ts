import { link, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { deleteModel, findModel, listModels, saveModel } from '../../src/models/api.ts'
import { onnx } from '../../src/models/runtimes/onnx/runtime.ts'
import { importModel } from '../../src/models/save.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { addModel, externalInitializer, identityModel } from './onnx-writer.ts'

async function write(bytes: Uint8Array, name = 'Iris_Classifier.onnx'): Promise<string> {
  const file = join(await temporaryFolder(), name)
  await writeFile(file, bytes)
  return file
}

test('stores a model under the name of its file and a version from its content', async () => {
  const home = await temporaryFolder()
  const file = await write(identityModel('float32'))
  const entry = await importModel(openModelStore(home), {
    file,
    signatures: { predict: { batchable: true, batch_dim: 0 } },
    labels: { stage: 'test', owner: 'ann' },
    metadata: { accuracy: 0.97, final: true, note: 'first' },
  })
  expect(entry.tag).toMatch(/^iris_classifier:[a-z2-7]{16}$/)
  expect(entry.path).toBe(join(home, 'models', 'iris_classifier', entry.version))
  expect(await readFile(join(entry.path, 'Iris_Classifier.onnx'))).toEqual(await readFile(file))
  const manifest = await readFile(join(entry.path, 'model.yaml'), 'utf8')
  expect(manifest.replaceAll(entry.version, 'VERSION')).toMatchInlineSnapshot(`
"format: 1
name: iris_classifier
version: VERSION
framework: onnx
runtime: onnx
main: Iris_Classifier.onnx
files:
  - path: Iris_Classifier.onnx
    sha256: 7afa498844e6eb015984ea0a8007f35d3e779790cb55e4a8bf609a5a485dc1aa
    size: 95
inputs:
  - name: x
    dtype: float32
    shape:
      - null
      - 2
outputs:
  - name: y
    dtype: float32
    shape:
      - null
      - 2
signatures:
  predict:
    batchable: true
    batch_dim: 0
labels:
  owner: ann
  stage: test
metadata:
  accuracy: 0.97
  final: true
  note: first
context:
  ir_version: 8
  opset ai.onnx: 17
  producer: bento-test
  producer_version: "1.0"
"
`)
})

test('gives the same content the same version, and other wishes another', async () => {
  const file = await write(identityModel('float32'))
  const options = { file, labels: { a: '1', b: '2' } }
  const first = await importModel(openModelStore(await temporaryFolder()), options)
  const store = openModelStore(await temporaryFolder())
  const second = await importModel(store, { file, labels: { b: '2', a: '1' } })
  expect(second.tag).toBe(first.tag)
  const other = await importModel(store, { file, labels: { a: '2' } })
  expect(other.tag).not.toBe(first.tag)
})

test('carries the files that tensors lie in, and runs from the store', async () => {
  const file = await write(addModel(externalInitializer('data/w.bin')))
  await mkdir(join(file, '../data'))
  await writeFile(join(file, '../data/w.bin'), new Float32Array([10, 20]))
  const store = openModelStore(await temporaryFolder())
  const { path, manifest } = await importModel(store, { file })
  expect(manifest.files.map((entry) => entry.path)).toEqual(['Iris_Classifier.onnx', 'data/w.bin'])
  const model = await onnx.load(join(path, manifest.main), {
    intraOpThreads: 1,
    allowSpinning: false,
    packageRoots: [],
  })
  const x = { dtype: 'float32', shape: [1, 2], data: new Float32Array([1, 2]) } as const
  expect((await model.run({ x }))['y']?.data).toEqual(new Float32Array([11, 22]))
})

test('stores companion files beside the weights, and gives the model a version for them', async () => {
  const file = await write(identityModel('float32'))
  const tokenizer = join(await temporaryFolder(), 'tokenizer.json')
  await writeFile(tokenizer, '{}')
  const store = openModelStore(await temporaryFolder())
  const alone = await importModel(store, { file })
  const { path, manifest, version } = await importModel(store, { file, files: [tokenizer] })
  expect(version).not.toBe(alone.version)
  expect(manifest.files.map((stored) => stored.path)).toEqual([
    'Iris_Classifier.onnx',
    'tokenizer.json',
  ])
  expect(await readFile(join(path, 'tokenizer.json'), 'utf8')).toBe('{}')
})

test.each<[string, (folder: string) => Promise<string>, string]>([
  ['is not there', async (folder) => join(folder, 'none.json'), 'FILE_NOT_FOUND'],
  ['is a folder', async (folder) => folder, 'FILE_NOT_FOUND'],
  [
    'has the name of the model',
    async (folder) => {
      const file = join(folder, 'iris_classifier.ONNX')
      await writeFile(file, '')
      return file
    },
    'MODEL_INVALID',
  ],
  [
    'has the name of the manifest',
    async (folder) => {
      const file = join(folder, 'Model.yaml')
      await writeFile(file, '')
      return file
    },
    'MODEL_INVALID',
  ],
  [
    'is a link',
    async (folder) => {
      await symlink('/etc/hostname', join(folder, 'a'))
      return join(folder, 'a')
    },
    'LINK_REFUSED',
  ],
  [
    'has another name too',
    async (folder) => {
      await writeFile(join(folder, 'secret'), '')
      await link(join(folder, 'secret'), join(folder, 'vocab.txt'))
      return join(folder, 'vocab.txt')
    },
    'LINK_REFUSED',
  ],
])('refuses a companion file that %s', async (_name, make, code) => {
  const file = await write(identityModel('float32'))
  const store = openModelStore(await temporaryFolder())
  const companion = await make(await temporaryFolder())
  await expect(importModel(store, { file, files: [companion] })).rejects.toMatchObject({ code })
  expect(await store.list()).toEqual([])
})

test('refuses a model file that is a hard link', async () => {
  const file = await write(identityModel('float32'))
  await link(file, `${file}.other`)
  const store = openModelStore(await temporaryFolder())
  await expect(importModel(store, { file })).rejects.toMatchObject({ code: 'LINK_REFUSED' })
  expect(await store.list()).toEqual([])
})

const batchable = { batchable: true, batch_dim: 0 }

test.each<[string, Record<string, unknown>, string]>([
  ['a file that is not there', { file: '/nowhere/model.onnx' }, 'FILE_NOT_FOUND'],
  ['a folder', { file: '/' }, 'FILE_NOT_FOUND'],
  ['a name that is no tag', { name: '../evil' }, 'TAG_INVALID'],
  ['a version that is no tag', { version: 'a/b' }, 'TAG_INVALID'],
  ['the version latest', { version: 'latest' }, 'TAG_INVALID'],
  ['an unknown framework', { framework: 'abacus' }, 'FRAMEWORK_UNKNOWN'],
  ['a signature without a name', { signatures: { '': batchable } }, 'USAGE'],
  ['a negative axis', { signatures: { run: { batchable: true, batch_dim: -1 } } }, 'USAGE'],
  [
    'batches along a fixed axis',
    { signatures: { run: { batchable: true, batch_dim: 1 } } },
    'MODEL_INVALID',
  ],
  [
    'batches along no axis',
    { signatures: { run: { batchable: true, batch_dim: 2 } } },
    'MODEL_INVALID',
  ],
])('refuses %s and stores nothing', async (_name, options, code) => {
  const home = await temporaryFolder()
  const file = await write(identityModel('float32'))
  const store = openModelStore(home)
  await expect(importModel(store, { file, ...options })).rejects.toMatchObject({
    code,
    hint: expect.stringMatching(/\.$/),
  })
  expect(await store.list()).toEqual([])
  expect(await readdir(join(home, 'models', '.staging')).catch(() => [])).toEqual([])
})

test('asks for a name where the file has none to give', async () => {
  const file = await write(identityModel('float32'), '..onnx')
  const store = openModelStore(await temporaryFolder())
  await expect(importModel(store, { file })).rejects.toMatchObject({
    code: 'TAG_INVALID',
    hint: 'Choose one with --name.',
  })
  expect((await importModel(store, { file, name: 'iris' })).name).toBe('iris')
})

test('refuses a model whose tensors would replace its manifest', async () => {
  const file = await write(addModel(externalInitializer('model.yaml')))
  await writeFile(join(file, '../model.yaml'), 'weights')
  const store = openModelStore(await temporaryFolder())
  await expect(importModel(store, { file })).rejects.toMatchObject({ code: 'MODEL_INVALID' })
})

test('serves scripts from the home that their environment names', async () => {
  const env = { BENTO_HOME: await temporaryFolder() }
  const file = await write(identityModel('float32'))
  const { tag } = await saveModel({ file, name: 'iris' }, env)
  expect((await findModel('iris', env))?.tag).toBe(tag)
  expect((await listModels(undefined, env)).map((entry) => entry.tag)).toEqual([tag])
  await deleteModel('iris', env)
  expect(await findModel('iris', env)).toBeUndefined()
})

test('keeps its own name for the sample from companions', async () => {
  const file = await write(identityModel('float32'))
  const companion = join(file, '../bento-sample.json')
  await writeFile(companion, '{}')
  const store = openModelStore(await temporaryFolder())
  await expect(importModel(store, { file, files: [companion] })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: '"bento-sample.json" is the name of bento\'s own file',
  })
})
