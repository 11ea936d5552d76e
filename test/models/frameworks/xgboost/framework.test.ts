import { expect, test } from '@jest/globals'
import { detectFramework } from '../../../../src/models/frameworks/registry.ts'
import { xgboost } from '../../../../src/models/frameworks/xgboost/framework.ts'
import { expectAnswers, importCase, readCases, writeCase } from '../../tree-cases.ts'
import type { TreeCase } from '../../tree-cases.ts'

const cases = ['xgboost', 'xgboost-1.7.6', 'xgboost-2.1.4', 'xgboost-3.0.5'].flatMap((file) =>
  readCases(file).map((item): [string, TreeCase] => [`${file}, ${item.name}`, item]),
)

test.each(cases)('predicts as XGBoost does: %s', async (_name, item) => {
  const file = await writeCase(item)
  expect((await detectFramework(file)).name).toBe('xgboost')
  await expectAnswers(await importCase(xgboost, file), item)
})
