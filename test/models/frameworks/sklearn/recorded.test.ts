import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { verify } from '../../../../src/models/fidelity/verify.ts'
import type { ReadModel } from '../../../../src/models/frameworks/framework.ts'
import { readConverted } from '../../../../src/models/python/converted.ts'
import { caseOf, recorded, writeConverted } from './cases.ts'
import type { SklearnCase } from './cases.ts'

const cases = recorded.cases.map((item): [string, SklearnCase] => [item.name, item])

async function read(item: SklearnCase): Promise<ReadModel> {
  const folder = await writeConverted(item)
  const said: unknown = JSON.parse(await readFile(join(folder, 'converted.json'), 'utf8'))
  return readConverted(said, folder, '.')
}

test.each(cases)('answers 200 rows as scikit-learn does: %s', async (_name, item) => {
  const { check, files, main, runtime } = await read(item)
  const file = files.find(({ target }) => target === main)
  if (check === undefined || file === undefined || !('source' in file)) throw new Error('no check')
  // Trees are exact but for the last bits of exp; networks of ONNX may sum in float32.
  const tolerance = runtime === 'onnx' ? 1e-5 : 1e-13
  const options = { runtime, file: file.source, tolerance, packageRoots: [] }
  const { rows } = await verify(check, options)
  expect(rows).toBeGreaterThanOrEqual(200)
})

test('trees carry no native package, and words before trees stay words', async () => {
  const runtimes = await Promise.all(
    recorded.cases.map(async (item) => [item.name, (await read(item)).runtime]),
  )
  const of = (runtime: string) => runtimes.filter(([, name]) => name === runtime).length
  expect({ trees: of('trees'), pipeline: of('pipeline'), onnx: of('onnx') }).toEqual({
    trees: 17,
    pipeline: 3,
    onnx: 3,
  })
  const { inputs } = await read(caseOf('pipeline, words and a forest'))
  expect(inputs).toEqual([
    { name: 'city', dtype: 'string', shape: [null, 1] },
    { name: 'age', dtype: 'float64', shape: [null, 1] },
    { name: 'income', dtype: 'float64', shape: [null, 1] },
  ])
})
