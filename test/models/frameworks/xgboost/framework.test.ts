import { expect, test } from '@jest/globals'
import { detectFramework } from '../../../../src/models/frameworks/registry.ts'
import { xgboost } from '../../../../src/models/frameworks/xgboost/framework.ts'
import {
  expectAnswers,
  importCase,
  modelOf,
  readCases,
  writeCase,
  writeModel,
} from '../../tree-cases.ts'
import type { TreeCase } from '../../tree-cases.ts'

const cases = ['xgboost', 'xgboost-1.7.6', 'xgboost-2.1.4', 'xgboost-3.0.5'].flatMap((file) =>
  readCases(file).map((item): [string, TreeCase] => [`${file}, ${item.name}`, item]),
)

test.each(cases)('predicts as XGBoost does: %s', async (_name, item) => {
  const file = await writeCase(item)
  expect((await detectFramework(file)).name).toBe('xgboost')
  await expectAnswers(await importCase(xgboost, file), item)
})

const whole = modelOf('xgboost', 'reg:squarederror').toString()

test.each<[string, string, string]>([
  [
    'an objective of another time',
    whole.replace('reg:squarederror', 'reg:newerror'),
    'reg:newerror',
  ],
  ['another booster', whole.replace('"gbtree"', '"gbstump"'), 'gbstump'],
  ['the binary format', `binf${whole}`, 'the binary format of before 2.1'],
])('refuses %s by name', async (_name, content, words) => {
  const file = await writeModel('model.json', content)
  expect((await detectFramework(file)).name).toBe('xgboost')
  await expect(xgboost.read(file)).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: expect.stringContaining(words),
    hint: expect.stringMatching(/\.$/),
  })
})

test.each<[string, string]>([
  ['a child that is its parent', whole.replace('"left_children":[1,', '"left_children":[0,')],
  ['a child that is not there', whole.replace('"left_children":[1,', '"left_children":[999,')],
  ['a feature that is not there', whole.replace(/"split_indices":\[\d+/, '"split_indices":[99')],
  ['no base_score', whole.replace('base_score', 'score_base')],
  ['base_score that is no number', whole.replace(/("base_score":)"[^"]*"/, '$1"much"')],
  ['too few tree_info', whole.replace(/"tree_info":\[[^\]]*\]/, '"tree_info":[]')],
])('refuses a model with %s', async (_name, content) => {
  expect(content).not.toBe(whole)
  const file = await writeModel('model.json', content)
  await expect(xgboost.read(file)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
})

test.each([
  ['JSON', 'reg:squarederror', 'model.json'],
  ['UBJSON', 'binary:logistic', 'model.ubj'],
])('refuses %s that was cut off anywhere', async (_name, name, file) => {
  const bytes = modelOf('xgboost', name)
  for (let end = 64; end < bytes.length; end += 97) {
    const cut = await writeModel(file, bytes.subarray(0, end))
    await expect(xgboost.read(cut)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  }
})

test('reads the infinities and NaN that XGBoost writes into JSON', async () => {
  const content = whole.replace(/("split_conditions":\[)[^,]+/, '$1Infinity')
  const file = await writeModel('model.json', content)
  const { model } = await importCase(xgboost, file)
  expect(model.kind === 'forest' && model.arrays.thresholds[0]).toBe(3.4028234663852886e38)
})

test('says what the file holds', async () => {
  const file = await writeModel('model.json', whole)
  expect(await xgboost.read(file)).toMatchObject({
    runtime: 'trees',
    main: 'model.trees',
    inputs: [{ name: 'features', dtype: 'float32', shape: [null, 5] }],
    outputs: [{ name: 'predictions', dtype: 'float32', shape: [null] }],
    context: { booster: 'gbtree', objective: 'reg:squarederror', trees: 6, version: '3.2.0' },
  })
})
