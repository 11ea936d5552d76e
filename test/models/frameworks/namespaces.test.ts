import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { catboost, keras, lightgbm, pytorch, tensorflow, xgboost } from '../../../src/index.ts'
import {
  catboost as bundledCatboost,
  keras as bundledKeras,
  lightgbm as bundledLightgbm,
  onnx as bundledOnnx,
  pytorch as bundledPytorch,
  sklearn as bundledSklearn,
  tensorflow as bundledTensorflow,
  xgboost as bundledXgboost,
} from '../../../src/sdk.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { readCases, writeCase } from '../tree-cases.ts'
import { networkOf, writeOriginal } from './networks/cases.ts'

const before = env['BENTO_HOME']

beforeAll(async () => {
  env['BENTO_HOME'] = await temporaryFolder()
})

afterAll(() => {
  if (before === undefined) delete env['BENTO_HOME']
  else env['BENTO_HOME'] = before
})

test.each([
  ['xgboost', xgboost],
  ['lightgbm', lightgbm],
  ['catboost', catboost],
] as const)('%s.saveModel stores a model of its own', async (name, namespace) => {
  const [item] = readCases(name)
  if (item === undefined) throw new Error('no case')
  const file = await writeCase(item)
  const entry = await namespace.saveModel('fraud', file, { labels: { team: 'a' } })
  expect(entry.manifest).toMatchObject({ name: 'fraud', framework: name, labels: { team: 'a' } })
  expect(await readFile(join(entry.path, 'model.trees'))).toBeDefined()
})

test.each([
  ['pytorch', pytorch, 'tabular.pt2'],
  ['tensorflow', tensorflow, 'own'],
  ['keras', keras, 'tabular.h5'],
] as const)(
  '%s.saveModel reads programs only for who trusts them',
  async (name, namespace, main) => {
    const file = await writeOriginal(networkOf(name === 'pytorch' ? name : 'tensorflow', main))
    const saving = namespace.saveModel('net', file)
    await expect(saving).rejects.toMatchObject({ code: 'MODEL_UNTRUSTED' })
  },
)

test('a namespace takes no file of another framework', async () => {
  const [item] = readCases('lightgbm')
  if (item === undefined) throw new Error('no case')
  const saving = xgboost.saveModel('fraud', await writeCase(item))
  await expect(saving).rejects.toMatchObject({ code: 'MODEL_INVALID' })
})

test.each([
  ['onnx', bundledOnnx],
  ['xgboost', bundledXgboost],
  ['lightgbm', bundledLightgbm],
  ['catboost', bundledCatboost],
  ['sklearn', bundledSklearn],
  ['pytorch', bundledPytorch],
  ['tensorflow', bundledTensorflow],
  ['keras', bundledKeras],
] as const)('%s.saveModel is refused inside a bento', async (_name, namespace) => {
  const saving = namespace.saveModel('fraud', 'model.json')
  await expect(saving).rejects.toMatchObject({ code: 'MODEL_UNDECLARED' })
})
