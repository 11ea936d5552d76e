import { expect, test } from '@jest/globals'
import { lightgbm } from '../../../../src/models/frameworks/lightgbm/framework.ts'
import { detectFramework } from '../../../../src/models/frameworks/registry.ts'
import {
  expectAnswers,
  importCase,
  modelOf,
  readCases,
  writeCase,
  writeModel,
} from '../../tree-cases.ts'
import type { TreeCase } from '../../tree-cases.ts'

const cases = readCases('lightgbm').map((item): [string, TreeCase] => [item.name, item])

test.each(cases)('predicts as LightGBM does: %s', async (_name, item) => {
  const file = await writeCase(item)
  expect((await detectFramework(file)).name).toBe('lightgbm')
  await expectAnswers(await importCase(lightgbm, file), item)
})

const whole = modelOf('lightgbm', 'regression').toString()

test('refuses an objective of another time by name', async () => {
  const file = await writeModel(
    'model.txt',
    whole.replace('objective=regression', 'objective=newest'),
  )
  expect((await detectFramework(file)).name).toBe('lightgbm')
  await expect(lightgbm.read(file)).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: 'LightGBM models with the objective "newest" are not supported',
  })
})

test.each<[string, string]>([
  ['a child that is its parent', whole.replace(/left_child=\S+/, 'left_child=0')],
  ['a leaf that is not there', whole.replace(/left_child=\S+/, 'left_child=-99')],
  ['a feature that is not there', whole.replace(/split_feature=\d+/, 'split_feature=99')],
  ['a threshold that is no number', whole.replace(/threshold=\S+/, 'threshold=0x')],
  ['no number of features', whole.replace('max_feature_idx', 'idx')],
  ['more features than memory', whole.replace(/max_feature_idx=\d+/, 'max_feature_idx=1e12')],
])('refuses a model with %s', async (_name, content) => {
  expect(content).not.toBe(whole)
  const file = await writeModel('model.txt', content)
  await expect(lightgbm.read(file)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
})

test('refuses a model that was cut off anywhere before its end', async () => {
  const end = whole.indexOf('\nend of trees')
  for (let length = 100; length < end; length += 97) {
    const cut = await writeModel('model.txt', whole.slice(0, length))
    await expect(lightgbm.read(cut)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  }
})

test('reads a file with the line ends of Windows', async () => {
  const [ours, theirs] = await Promise.all([
    lightgbm.read(await writeModel('model.txt', whole)),
    lightgbm.read(await writeModel('model.txt', whole.replaceAll('\n', '\r\n'))),
  ])
  expect(theirs).toEqual(ours)
})
