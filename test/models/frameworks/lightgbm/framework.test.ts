import { expect, test } from '@jest/globals'
import { lightgbm } from '../../../../src/models/frameworks/lightgbm/framework.ts'
import { detectFramework } from '../../../../src/models/frameworks/registry.ts'
import {
  expectNear,
  importCase,
  marginsOf,
  readCases,
  runRows,
  unpack,
  writeCase,
} from '../../tree-cases.ts'
import type { TreeCase } from '../../tree-cases.ts'

const cases = readCases('lightgbm').map((item): [string, TreeCase] => [item.name, item])

test.each(cases)('predicts as LightGBM does: %s', async (_name, item) => {
  const file = await writeCase(item)
  expect((await detectFramework(file)).name).toBe('lightgbm')
  const imported = await importCase(lightgbm, file)
  const rows = unpack(item.rows)
  if (item.margins) expectNear(marginsOf(imported, rows), unpack(item.margins), 0)
  const answers = await runRows(imported, rows)
  const { name } = imported.model.header.transform
  // LightGBM's expf and V8's exp may round to different sides; all else is exact.
  const steps = name === 'identity' || name === 'step' || name === 'argmax' ? 0 : 2
  if (item.predictions) expectNear(answers['predictions']?.data, unpack(item.predictions), steps)
  if (item.label) expectNear(answers['label']?.data, unpack(item.label), 0)
  if (item.probabilities) {
    expectNear(answers['probabilities']?.data, unpack(item.probabilities), steps)
  }
})
