import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import {
  readBentoManifest,
  readModelManifest,
  renderBentoManifest,
  renderModelManifest,
} from '../../src/store/manifest-files.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { bentoManifest, modelManifest } from './manifests.ts'

async function folderWith(file: string, content: string): Promise<string> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, file), content)
  return folder
}

test('reads back the manifests that it writes', async () => {
  const model = await renderModelManifest(modelManifest)
  expect(await readModelManifest(await folderWith('model.yaml', model))).toEqual(modelManifest)
  const bento = await renderBentoManifest(bentoManifest)
  expect(await readBentoManifest(await folderWith('bento.yaml', bento))).toEqual(bentoManifest)
})

test('writes the same bytes whatever order a manifest was made in', async () => {
  const reversed = Object.fromEntries(Object.entries(bentoManifest).toReversed())
  const config = { traffic: { concurrency: 8, timeout: 10 }, workers: 2 }
  const shuffled = { ...bentoManifest, ...reversed, config }
  expect(await renderBentoManifest(shuffled)).toBe(await renderBentoManifest(bentoManifest))
})

test('keeps keys that look like a prototype as plain keys', async () => {
  const labels: unknown = JSON.parse('{ "__proto__": "a", "constructor": "b" }')
  const content = (await renderModelManifest(modelManifest)).replace(
    'labels:\n  owner: ann',
    'labels:\n  __proto__: a\n  constructor: b',
  )
  const read = await readModelManifest(await folderWith('model.yaml', content))
  expect(Object.entries(read.labels)).toEqual(Object.entries(labels ?? {}))
  expect(Object.getPrototypeOf(read.labels)).toBe(Object.prototype)
})

test.each([
  ['text that is no YAML', 'a: [1', 'is not YAML'],
  ['a list', '- 1', 'the document: expected a map, got a list'],
  ['an unknown stage', 'stage: later', 'envs.0.stage: expected "all" or "build" or "runtime"'],
  ['a wrong type', 'version: 12', 'version: expected a string, got 12'],
  ['a missing field', 'service_: x', 'service: expected a string, got nothing'],
  ['an alias', 'labels: &a {}\nconfig: *a', 'is not YAML'],
  ['the format of a newer bento', 'format: 2', 'has format 2, and this bento reads up to 1'],
  ['an unknown format', 'format: one', 'format: expected 1, got "one"'],
])('names file and field for %s', async (_name, line, reason) => {
  const key = line.slice(0, line.indexOf(':')).replace('_', '')
  const whole = await renderBentoManifest(bentoManifest)
  const content = whole.includes(`${key}: `) || key === 'labels' ? change(whole, key, line) : line
  const folder = await folderWith('bento.yaml', content)
  await expect(readBentoManifest(folder)).rejects.toMatchObject({
    code: 'BENTO_INVALID',
    message: expect.stringContaining(reason),
  })
  await expect(readBentoManifest(folder)).rejects.toThrow(join(folder, 'bento.yaml'))
})

function change(whole: string, key: string, line: string): string {
  if (key !== 'labels') return whole.replace(new RegExp(`\\b${key}: .*`), () => line)
  return `${whole.replace(/^config:[^]*/m, '').replace(/^labels: .*\n/m, '')}${line}\n`
}

test('says that a manifest is missing', async () => {
  const folder = await temporaryFolder()
  await expect(readModelManifest(folder)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: `"${join(folder, 'model.yaml')}" is missing`,
  })
})
