import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { stepOf } from '../../../../src/models/fidelity/rows.ts'
import { verify } from '../../../../src/models/fidelity/verify.ts'
import type { ReadModel } from '../../../../src/models/frameworks/framework.ts'
import { readConverted } from '../../../../src/models/python/converted.ts'
import { writeConverted } from '../sklearn/cases.ts'
import { networkOf, readNetworks } from './cases.ts'
import type { NetworkCase } from './cases.ts'

async function read(item: NetworkCase): Promise<ReadModel> {
  const folder = await writeConverted(item)
  const said: unknown = JSON.parse(await readFile(join(folder, 'converted.json'), 'utf8'))
  return readConverted(said, folder, '.')
}

const cases = (['pytorch', 'tensorflow'] as const).flatMap((framework) =>
  readNetworks(framework).map((item): [string, string, NetworkCase] => [
    framework,
    item.name,
    item,
  ]),
)

test.each(cases)('%s: answers 200 rows as the framework does: %s', async (...[, , item]) => {
  const { check, files, main, runtime } = await read(item)
  const file = files.find(({ target }) => target === main)
  if (check === undefined || file === undefined || !('source' in file)) throw new Error('no check')
  const options = { runtime, file: file.source, tolerance: 1e-5, packageRoots: [] }
  expect((await verify(check, options)).rows).toBeGreaterThanOrEqual(200)
})

test('there are six kinds of each framework or more', () => {
  expect(readNetworks('pytorch').length).toBeGreaterThanOrEqual(6)
  expect(readNetworks('tensorflow').length).toBeGreaterThanOrEqual(6)
})

test('inputs and outputs have the names that the framework has for them', async () => {
  const { inputs, outputs } = await read(networkOf('pytorch', 'detector.pt2'))
  expect(inputs).toEqual([{ name: 'image', dtype: 'float32', shape: [null, 3, 8, 8] }])
  expect(outputs.map(({ name }) => name)).toEqual(['scores', 'boxes'])
  const several = await read(networkOf('tensorflow', 'several.keras'))
  expect(several.inputs.map(({ name, dtype }) => [name, dtype])).toEqual([
    ['numbers', 'float32'],
    ['kind', 'int64'],
  ])
  expect(several.outputs.map(({ name }) => name)).toEqual(['price', 'risk'])
})

test('a program that takes so many rows and no others is compared on all of them', async () => {
  const { inputs, check } = await read(networkOf('pytorch', 'four.pt2'))
  expect(stepOf(inputs)).toBe(4)
  expect(Object.values(check?.inputs ?? {})[0]?.shape).toEqual([200, 3])
})
