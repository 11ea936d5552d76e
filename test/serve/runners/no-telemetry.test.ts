import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { serve } from '../../../src/testing/serve.ts'
import { run } from '../../processes.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

// It bundles a service.
jest.setTimeout(60_000)

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const iris = join(repository, 'examples/iris')

test('a runtime that would report to its maker is told not to, and keeps no number for that', async () => {
  const home = await temporaryFolder()
  const env = { HOME: home, BENTO_HOME: join(home, '.bento') }
  const file = join(iris, 'iris_classifier.onnx')
  const bento = join(repository, 'bin/bento.js')
  await run(process.execPath, [bento, 'models', 'import', file], { cwd: home, env })
  const service = await serve('service.ts', {
    cwd: iris,
    env: { ...env, XDG_CACHE_HOME: undefined },
  })
  const body = '{"features":[{"sepal_length":5,"sepal_width":3,"petal_length":1,"petal_width":0}]}'
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${service.url}/classify`, { method: 'POST', headers, body })
  expect(await answer.json()).toEqual(['setosa'])
  await service.close()
  expect(await readdir(home)).toEqual(['.bento'])
})
