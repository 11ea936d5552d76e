import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import type { IrisClassifier } from '../../examples/iris/service.ts'
import { importModel } from '../../src/models/save.ts'
import type { UploadedFile } from '../../src/sdk.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { serveInProcess } from '../../src/testing/serve-in-process.ts'
import { createProject, errorOf, greeter } from '../build/project.ts'
import { answerOf, call } from '../serve/app-of.ts'
import { temporaryFolder } from '../temporary-folder.ts'

// Each bundles a service.
jest.setTimeout(60_000)

const example = fileURLToPath(new URL('../../examples/iris', import.meta.url))
const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }

interface Greeter {
  greet(input: { name: string }): string
}

interface Files {
  size(input: { photo: UploadedFile }): number
}

test('serves the first example without a socket', async () => {
  const home = await temporaryFolder()
  await importModel(openModelStore(home), { file: join(example, 'iris_classifier.onnx') })
  await using served = await serveInProcess<IrisClassifier>('service.ts:IrisClassifier', {
    cwd: example,
    env: { BENTO_HOME: home },
  })
  await expect(served.client.classify({ features: [flower] })).resolves.toEqual(['setosa'])
  const { setosa } = await served.client.predict_proba(flower)
  expect(setosa).toBeGreaterThan(0.9)
})

test('takes requests as plain data too, and logs them', async () => {
  const lines: string[] = []
  const cwd = await createProject({ 'service.ts': greeter })
  await using served = await serveInProcess<Greeter>('service.ts', {
    cwd,
    onLog: (line) => lines.push(line),
  })
  const answer = answerOf(call(served.app, '/greet', { body: '{"name":"Ann"}' }))
  await expect(answer).resolves.toEqual([200, 'hello Ann'])
  await served.close()
  expect(lines.join('\n')).toMatch(/"path":"\/greet".*"msg":"access"/)
})

test('ends a call at its deadline', async () => {
  const source = greeter
    .replace('greet({ name', 'async greet({ name')
    .replace(
      'string {\n    return',
      `Promise<string> {\n    await new Promise((resolve) => setTimeout(resolve, 300))\n    return`,
    )
  const cwd = await createProject({ 'service.ts': source })
  await using served = await serveInProcess<Greeter>('service.ts', { cwd })
  await expect(served.client.greet({ name: 'Ann' }, { timeoutMs: 5000 })).resolves.toBe('hello Ann')
  const late = served.client.greet({ name: 'Ann' }, { timeoutMs: 50 })
  await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test('reads a form once it is bundled', async () => {
  const source = `import { api, file, service } from 'bentojs'
@service
export class Files {
  @api({ input: { photo: file() } })
  size({ photo }) { return photo.size }
}`
  const cwd = await createProject({ 'service.ts': source })
  await using served = await serveInProcess<Files>('service.ts', { cwd })
  await expect(served.client.size({ photo: new Blob(['12345']) })).resolves.toBe(5)
})

test('says what is wrong with a service', async () => {
  const cwd = await createProject({ 'package.json': '{}' })
  const error = await errorOf(serveInProcess('nowhere.ts', { cwd }))
  expect(error).toMatchObject({ code: 'TARGET_NOT_FOUND' })
})
