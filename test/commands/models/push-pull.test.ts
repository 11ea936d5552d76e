import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../../temporary-folder.ts'
import { runBento } from '../run-bento.ts'

const file = fileURLToPath(new URL('../../../examples/iris/iris_classifier.onnx', import.meta.url))

test('a model goes from one home to another, by push and pull or by export and import', async () => {
  const cwd = await temporaryFolder()
  const url = `file://${join(cwd, 'remote')}`
  await runBento(`models import ${file} --version v1`, { cwd })
  const push = await runBento(`models push iris_classifier ${url}`, { cwd })
  expect(push.stdout).toBe(
    `Pushed iris_classifier:v1 to <cwd>/remote:v1\nPushed iris_classifier:v1 to <cwd>/remote:latest\n`.replaceAll(
      'to <cwd>',
      'to file://<cwd>',
    ),
  )
  expect((await runBento(`models pull ${url}`)).stdout).toBe('Pulled iris_classifier:v1\n')
  await runBento(`models export iris_classifier ${url}:v2`, { cwd })
  expect((await runBento(`models import ${url}:v2`)).stdout).toBe('Imported iris_classifier:v1\n')
})
