import { expect, test } from '@jest/globals'
import { renderPackageJson } from '../../src/init/package-json.ts'

test.each([
  ['trees', ['bentojs', 'zod']],
  ['onnx', ['bentojs', 'onnxruntime-node', 'zod']],
  ['pipeline', ['bentojs', 'onnxruntime-node', 'zod']],
])('a project of a model of %s needs %j', async (runtime, expected) => {
  const model = { file: 'models/iris.bentomodel', name: 'iris', runtime, tag: 'iris:v1' }
  const { content } = await renderPackageJson('own', { model })
  expect(JSON.parse(String(content))).toMatchObject({
    scripts: { models: 'bento models import models/iris.bentomodel -o tag' },
    dependencies: Object.fromEntries(expected.map((name) => [name, expect.stringMatching(/\d/)])),
  })
  expect(String(content).includes('"onnxruntime-node": "1')).toBe(expected.length === 3)
})
