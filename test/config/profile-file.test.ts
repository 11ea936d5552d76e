import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { profileName, readProfiles, writeProfiles } from '../../src/config/profile-file.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const points = [
  { rows: 1, ms: 0.5 },
  { rows: 2, ms: 1e-3 },
]
const profiles = {
  format: 1,
  measured_on: 'a machine',
  methods: { classify: points },
} as const

test('reads what it wrote, a point on each line', async () => {
  const folder = await temporaryFolder()
  const file = await writeProfiles(folder, profiles)
  expect(await readProfiles(folder)).toEqual(profiles)
  expect(await readFile(file, 'utf8')).toContain('\n      { "rows": 2, "ms": 0.001 }\n')
})

test('says that there is none', async () => {
  expect(await readProfiles(await temporaryFolder())).toBeUndefined()
})

test.each([
  ['{', 'JSON'],
  ['{"format":2}', 'format: expected 1, got 2'],
  [
    JSON.stringify({ ...profiles, methods: { classify: [{ rows: 0, ms: 1 }] } }),
    'methods.classify.0.rows: expected a number above 0, got 0',
  ],
])('refuses %s', async (text, reason) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, profileName), text)
  const reading = readProfiles(folder)
  await expect(reading).rejects.toMatchObject({ code: 'PROFILE_INVALID' })
  await expect(reading).rejects.toThrow(reason)
})
