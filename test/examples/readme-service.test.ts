import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { assembleForServing } from '../../src/build/assemble.ts'
import { importModel } from '../../src/models/save.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { createProject } from '../build/project.ts'
import { start } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

jest.setTimeout(60_000)

const repository = fileURLToPath(new URL('../..', import.meta.url))

test('the service in the README answers as it says', async () => {
  const readme = await readFile(join(repository, 'README.md'), 'utf8')
  const [, source = ''] = /```ts\n(import [\s\S]*?)```/.exec(readme) ?? []
  const context = await createProject({ 'service.ts': source }, ['zod', 'onnxruntime-node'])
  const models = openModelStore(await temporaryFolder())
  await importModel(models, { file: join(repository, 'examples/iris/iris_classifier.onnx') })
  const module = join(context, 'service.ts')
  const { path } = await assembleForServing({
    project: { kind: 'project', context, module },
    models,
  })
  const server = start(process.execPath, [join(path, 'dist/service.mjs')], {
    cwd: context,
    env: { BENTO_PORT: '0' },
  })
  const [, url = ''] = await server.printed(/Serving on (http:\S+)/)
  const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }
  const response = await fetch(`${url}/classify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ features: [flower, flower] }),
  })
  expect(await response.json()).toEqual(['setosa', 'setosa'])
  expect(await server.interrupt()).toBe(0)
})
