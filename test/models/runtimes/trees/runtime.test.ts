import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { isBentoError } from '../../../../src/errors.ts'
import { xgboost } from '../../../../src/models/frameworks/xgboost/framework.ts'
import { loadRuntime } from '../../../../src/models/runtimes/registry.ts'
import { trees } from '../../../../src/models/runtimes/trees/runtime.ts'
import { importModel } from '../../../../src/models/save.ts'
import { openModelStore } from '../../../../src/store/model-store.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { importCase, modelOf, writeModel } from '../../tree-cases.ts'

const options = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }
const name = 'early stopping, classifier'

async function stored(): Promise<Uint8Array> {
  const { files } = await xgboost.read(
    await writeModel('model.json', modelOf('xgboost', 'categories')),
  )
  const [file] = files
  if (file === undefined || !('content' in file)) throw new Error('nothing to store')
  return file.content
}

async function write(content: Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), 'model.trees')
  await writeFile(file, content)
  return file
}

test('runs a model from the store, and needs no package for it', async () => {
  const store = openModelStore(await temporaryFolder())
  const file = await writeModel('fraud.json', modelOf('xgboost', name))
  const { manifest, path } = await importModel(store, { file })
  expect(manifest).toMatchObject({
    name: 'fraud',
    framework: 'xgboost',
    runtime: 'trees',
    main: 'model.trees',
    files: [{ path: 'model.trees' }],
    outputs: [
      { name: 'predictions', dtype: 'float32', shape: [null] },
      { name: 'label', dtype: 'int32', shape: [null] },
      { name: 'probabilities', dtype: 'float32', shape: [null, 2] },
    ],
  })
  const runtime = await loadRuntime(manifest.runtime)
  expect(runtime.packages).toEqual([])
  const model = await runtime.load(join(path, manifest.main), options)
  expect(model.inputs).toEqual(manifest.inputs)
  expect(model.outputs).toEqual(manifest.outputs)
  const data = new Float32Array([2, 0, 0, 0, 0, -2, NaN, NaN, NaN, NaN])
  const { label, probabilities } = await model.run({
    features: { dtype: 'float32', shape: [2, 5], data },
  })
  expect(label?.data).toEqual(new Int32Array([1, 0]))
  expect(probabilities?.shape).toEqual([2, 2])
  await model.release()
})

test('gives the same model the same version', async () => {
  const store = openModelStore(await temporaryFolder())
  const file = await writeModel('fraud.json', modelOf('xgboost', name))
  const first = await importModel(store, { file })
  const again = await importModel(openModelStore(await temporaryFolder()), { file })
  expect(again.manifest.version).toBe(first.manifest.version)
})

test('answers no rows with no rows', async () => {
  const { loaded } = await importCase(
    xgboost,
    await writeModel('model.json', modelOf('xgboost', 'multi:softmax')),
  )
  const data = new Float32Array(0)
  const answers = await loaded.run({ features: { dtype: 'float32', shape: [0, 5], data } })
  expect(answers['probabilities']?.shape).toEqual([0, 3])
})

test('answers two calls at once with memory of their own', async () => {
  const { loaded } = await importCase(
    xgboost,
    await writeModel('model.json', modelOf('xgboost', 'reg:squarederror')),
  )
  const input = (x: number) => ({
    features: { dtype: 'float32' as const, shape: [1, 5], data: new Float32Array(5).fill(x) },
  })
  const [low, high] = await Promise.all([loaded.run(input(-2)), loaded.run(input(2))])
  expect(low['predictions']?.data).not.toEqual(high['predictions']?.data)
})

test('refuses other inputs before it looks at a row', async () => {
  const model = await trees.load(await write(await stored()), options)
  const data = new Float32Array(5)
  await expect(
    model.run({ features: { dtype: 'float32', shape: [1, 5], data } }),
  ).rejects.toMatchObject({ code: 'MODEL_INPUT_INVALID' })
  await expect(model.run({})).rejects.toMatchObject({ code: 'MODEL_INPUT_INVALID' })
})

test('refuses a file that was cut off anywhere', async () => {
  const content = await stored()
  for (let end = 0; end < content.length; end += 61) {
    const file = await write(content.subarray(0, end))
    await expect(trees.load(file, options)).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  }
})

test('refuses a damaged file, or answers all the same', async () => {
  const content = await stored()
  const features = { dtype: 'float32', shape: [1, 4], data: new Float32Array(4) } as const
  let refused = 0
  for (let at = 0; at < content.length; at += 13) {
    const damaged = content.slice()
    damaged[at] = (damaged[at] ?? 0) ^ 0xff
    const file = await write(damaged)
    const answered = trees.load(file, options).then((model) => model.run({ features }))
    const code = await answered.then(() => undefined, codeOf)
    if (code !== undefined) refused += 1
    expect([undefined, 'MODEL_LOAD_FAILED', 'MODEL_INPUT_INVALID']).toContain(code)
  }
  expect(refused).toBeGreaterThan(0)
})

function codeOf(error: unknown): string {
  return isBentoError(error) ? error.code : `no error of bento: ${String(error)}`
}

test.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array(0)],
  ['another head', Buffer.from('not a model of trees at all')],
  ['a later version', Buffer.from('bentotre\u0002\u0000\u0000\u0000\u0000\u0000\u0000\u0000')],
])('refuses a file with %s', async (_name, content) => {
  await expect(trees.load(await write(content), options)).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    hint: 'Import the model again with this version of bento.',
  })
})

test('says that the file is not there', async () => {
  await expect(trees.load('/nowhere/model.trees', options)).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
  })
})
