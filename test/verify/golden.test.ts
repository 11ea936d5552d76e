import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { defaultTolerance, type Golden, readGolden, writeGolden } from '../../src/verify/golden.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const golden: Golden = {
  format: 1,
  tolerance: defaultTolerance,
  pairs: [
    { route: '/a', request: { x: [1, null] }, status: 200, answer: { y: 'é' } },
    { route: '/b', request: 1, status: 400, answer: 'no' },
  ],
}

test('reads what it wrote, a pair on each line', async () => {
  const file = join(await temporaryFolder(), 'golden.json')
  await writeGolden(file, golden)
  expect(await readGolden(file)).toEqual(golden)
  const lines = (await readFile(file, 'utf8')).split('\n')
  expect(lines.filter((line) => line.includes('"route"'))).toHaveLength(2)
})

test.each([
  '',
  '[]',
  '{"format":2}',
  '{"format":1,"tolerance":{"absolute":0,"relative":0},"pairs":[]}',
])('refuses %j', async (text) => {
  const file = join(await temporaryFolder(), 'golden.json')
  await writeFile(file, text)
  await expect(readGolden(file)).rejects.toMatchObject({ code: 'GOLDEN_INVALID' })
})

test('refuses a file that is not there', async () => {
  await expect(readGolden('/nowhere/golden.json')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
})
