import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { xgboost } from '../../../../src/models/frameworks/xgboost/framework.ts'
import { runBento } from '../../../commands/run-bento.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { readCases, writeCase } from '../../tree-cases.ts'

function sourceOf(name: string): string {
  const found = readCases('xgboost').find((one) => one.name === name)
  if (!found) throw new Error(`There is no case "${name}"`)
  return Buffer.from(found.model, 'base64').toString()
}

async function fileOf(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'model.json')
  await writeFile(file, text)
  return file
}

const text = sourceOf('base_score of binary')

test.each([
  [
    'an objective',
    text.replaceAll('binary:logistic', 'custom:mine'),
    'the objective "custom:mine"',
  ],
  ['a booster', text.replace('"name":"gbtree"', '"name":"gbforest"'), 'the booster "gbforest"'],
])('refuses %s that it does not know by its name', async (_what, changed, why) => {
  expect(changed).not.toBe(text)
  await expect(xgboost.read(await fileOf(changed))).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: expect.stringContaining(why),
  })
})

test.each([
  ['cut off', text.slice(0, -100)],
  ['no child for a node', text.replace(/"left_children":\[[^\]]*\]/, '"left_children":[5,6]')],
  ['no base_score', text.replace('"base_score"', '"base_scores"')],
])('refuses a file with %s', async (_what, changed) => {
  expect(changed).not.toBe(text)
  await expect(xgboost.read(await fileOf(changed))).rejects.toMatchObject({ code: 'MODEL_INVALID' })
})

test('imports a model by its file alone, and shows what it takes and gives', async () => {
  const cwd = await temporaryFolder()
  const [first] = readCases('xgboost')
  if (!first) throw new Error('There is no case')
  const file = await writeCase(first)
  const imported = await runBento(['models', 'import', file, '--name', 'fraud', '-o', 'tag'], {
    cwd,
  })
  expect({ ...imported, stderr: '' }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^fraud:/),
  })
  const { stdout } = await runBento('models get fraud:latest -o json', { cwd })
  expect(JSON.parse(stdout)).toMatchObject({ framework: 'xgboost', runtime: 'trees' })
})
