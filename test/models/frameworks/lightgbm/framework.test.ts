import { expect, test } from '@jest/globals'
import { lightgbm } from '../../../../src/models/frameworks/lightgbm/framework.ts'
import { detectFramework } from '../../../../src/models/frameworks/registry.ts'
import { expectAnswers, importCase, readCases, writeCase } from '../../tree-cases.ts'
import type { TreeCase } from '../../tree-cases.ts'

const cases = readCases('lightgbm').map((item): [string, TreeCase] => [item.name, item])

test.each(cases)('predicts as LightGBM does: %s', async (_name, item) => {
  const file = await writeCase(item)
  expect((await detectFramework(file)).name).toBe('lightgbm')
  await expectAnswers(await importCase(lightgbm, file), item)
})
