import { expect, test } from '@jest/globals'
import { catboost } from '../../../../src/models/frameworks/catboost/framework.ts'
import { detectFramework } from '../../../../src/models/frameworks/registry.ts'
import { expectAnswers, importCase, readCases, writeCase } from '../../tree-cases.ts'
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
