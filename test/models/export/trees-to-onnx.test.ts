import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { TensorData, TensorMap } from '../../../src/lib/tensor.ts'
import { renderOnnx, whyNotOnnx } from '../../../src/models/export/trees-to-onnx.ts'
import { catboost } from '../../../src/models/frameworks/catboost/framework.ts'
import type { Framework } from '../../../src/models/frameworks/framework.ts'
import { lightgbm } from '../../../src/models/frameworks/lightgbm/framework.ts'
import { onnx as onnxFramework } from '../../../src/models/frameworks/onnx/framework.ts'
import { xgboost } from '../../../src/models/frameworks/xgboost/framework.ts'
import { onnx } from '../../../src/models/runtimes/onnx/runtime.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { importCase, readCases, unpack, writeCase } from '../tree-cases.ts'
import type { Imported, TreeCase } from '../tree-cases.ts'

const options = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }

async function openCase(framework: Framework, item: TreeCase): Promise<Imported> {
  return importCase(framework, await writeCase(item))
}

interface Compared {
  readonly ours: TensorMap
  readonly theirs: TensorMap
}

/** bento's trees and onnxruntime on the same rows. */
async function compare({ model, loaded }: Imported, item: TreeCase): Promise<Compared | undefined> {
  if (whyNotOnnx(model) !== undefined || model.kind !== 'forest') return undefined
  const file = join(await temporaryFolder(), 'model.onnx')
  await writeFile(file, renderOnnx(model, 'case'))
  expect((await onnxFramework.read(file)).outputs).toHaveLength(loaded.outputs.length)
  const data = unpack(item.rows)
  if (!(data instanceof Float32Array)) throw new Error('rows of XGBoost are float32')
  const shape = [data.length / model.header.features, model.header.features]
  const features = { dtype: 'float32', shape, data } as const
  const session = await onnx.load(file, options)
  const theirs = await session.run({ features })
  await session.release()
  return { ours: await loaded.run({ features }), theirs }
}

function largestDifference(ours: TensorData = [], theirs: TensorData = []): number {
  let most = 0
  for (const [at, value] of ours.entries()) {
    const [a, b] = [Number(value), Number(theirs[at])]
    if (!Object.is(a, b)) most = Math.max(most, Math.abs(a - b) / Math.max(1, Math.abs(a)))
  }
  return ours.length === theirs.length ? most : Infinity
}

test('answers in onnxruntime what XGBoost says: sums to the last bit, links to float32', async () => {
  const accepted: string[] = []
  for (const item of readCases('xgboost')) {
    const imported = await openCase(xgboost, item)
    const compared = await compare(imported, item)
    if (!compared) continue
    accepted.push(item.name)
    const { ours, theirs } = compared
    expect(Object.keys(theirs).toSorted()).toEqual(Object.keys(ours).toSorted())
    const isLinked = imported.model.header.transform.name !== 'identity'
    const bound = isLinked ? 3e-7 : 0
    const names = Object.keys(ours)
    const differences = names.map((name) => [
      name,
      largestDifference(ours[name]?.data, theirs[name]?.data) <= (name === 'label' ? 0 : bound),
    ])
    expect([item.name, differences]).toEqual([item.name, names.map((name) => [name, true])])
    expect(names.map((name) => theirs[name]?.shape)).toEqual(names.map((name) => ours[name]?.shape))
  }
  expect(accepted.length).toBeGreaterThanOrEqual(20)
}, 60_000)

test('says why a model has no exact form in ONNX', async () => {
  const reasons = new Map<string, string | undefined>()
  for (const name of ['gblinear', 'categories', 'binary:hinge', 'count:poisson']) {
    const item = readCases('xgboost').find((each) => each.name === name)
    if (item) reasons.set(name, whyNotOnnx((await openCase(xgboost, item)).model))
  }
  const [light] = readCases('lightgbm')
  if (light) reasons.set('lightgbm', whyNotOnnx((await openCase(lightgbm, light)).model))
  const [cat] = readCases('catboost')
  if (cat) reasons.set('catboost', whyNotOnnx((await openCase(catboost, cat)).model))
  expect(Object.fromEntries(reasons)).toEqual({
    gblinear: 'it has weights and no trees',
    categories: 'it has categorical splits, or takes zero for missing',
    'binary:hinge': 'ONNX has no word for its link, step',
    'count:poisson': 'ONNX has no word for its link, exp',
    lightgbm: 'it compares or adds up in float64, and ONNX answers in float32',
    catboost: 'its trees ask in levels, and add up in float64',
  })
})
