import { expect, test } from '@jest/globals'
import { catboost } from '../../../../src/models/frameworks/catboost/framework.ts'
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

const cases = readCases('catboost').map((item): [string, TreeCase] => [item.name, item])

test.each(cases)('predicts as CatBoost does: %s', async (_name, item) => {
  const file = await writeCase(item)
  expect((await detectFramework(file)).name).toBe('catboost')
  const imported = await importCase(catboost, file)
  // CatBoost takes a fast exponential for softmax, right to about 1e-13.
  const steps = imported.model.header.transform.name === 'softmax' ? 1024 : 2
  await expectAnswers(imported, item, steps)
})

// As CatBoost 1.2.10 answers: of these, only the training differs.
test.each([
  ['GroupQuantile', 'RMSE'],
  ['RMSPE', 'RMSE'],
  ['Focal', 'Logloss'],
])('answers for %s as for %s', async (loss, like) => {
  const item = caseOf(new RegExp(`^${like}\\b`))
  const model = Buffer.from(item.model, 'base64').toString()
  const renamed = model.replaceAll(new RegExp(`"type":(\\s*)"${like}"`, 'g'), `"type":$1"${loss}"`)
  expect(renamed).toContain(`"${loss}"`)
  const imported = await importCase(catboost, await writeModel('model.json', renamed))
  await expectAnswers(imported, item)
})

function caseOf(name: RegExp): TreeCase {
  const found = cases.find(([known]) => name.test(known))?.[1]
  if (found === undefined) throw new Error(`no case is like ${String(name)}`)
  return found
}

const whole = modelOf('catboost', 'RMSE').toString()
const texts = '"text_features":[{}],"float_features"'

test.each<[string, string, string]>([
  ['texts', whole.replace('"float_features"', texts), 'text features'],
  [
    'tables of categories',
    whole.replace('"features_info"', '"features_info":{},"ctr_data":{},"x"'),
    'CTR',
  ],
  ['its binary format', 'CBM1abc', 'format cbm is not read here'],
  ['another loss', whole.replace(/"type":\s*"RMSE"/, '"type":"Newest"'), 'Newest'],
  ['splits of statistics', whole.replace('"FloatFeature"', '"OnlineCtr"'), 'OnlineCtr'],
])('refuses %s by name', async (_name, content, words) => {
  expect(content).not.toBe(whole)
  const file = await writeModel('model.json', content)
  await expect(catboost.read(file)).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: expect.stringContaining(words),
  })
})

test('refuses a model that was cut off anywhere', async () => {
  for (let end = 64; end < whole.length - 1; end += 997) {
    const cut = await writeModel('model.json', whole.slice(0, end))
    await expect(catboost.read(cut)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  }
})
