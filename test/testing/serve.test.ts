import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { IrisClassifier } from '../../examples/iris/service.ts'
import { importModel } from '../../src/models/save.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { serve, type Served } from '../../src/testing/serve.ts'
import { greeter, createProject, errorOf } from '../build/project.ts'
import { temporaryFolder } from '../temporary-folder.ts'

// Each bundles a service and starts real processes.
jest.setTimeout(60_000)

const example = fileURLToPath(new URL('../../examples/iris', import.meta.url))
const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }

interface Greeter {
  greet(input: { name: string }): string
}

describe('the first example', () => {
  let served: Served<IrisClassifier>

  beforeAll(async () => {
    const home = await temporaryFolder()
    await importModel(openModelStore(home), { file: join(example, 'iris_classifier.onnx') })
    served = await serve<IrisClassifier>('service.ts:IrisClassifier', {
      cwd: example,
      env: { BENTO_HOME: home },
    })
  })

  afterAll(() => served.close())

  test('knows a setosa', async () => {
    const { client } = served
    await expect(client.classify({ features: [flower] })).resolves.toEqual(['setosa'])
    const { setosa } = await client.predict_proba(flower)
    expect(setosa).toBeGreaterThan(0.9)
  })

  test('is there for everybody who knows its URL', async () => {
    const response = await fetch(`${served.url}/readyz`)
    expect(response.status).toBe(200)
  })
})

test('ends the service when it is closed', async () => {
  const cwd = await createProject({ 'service.ts': greeter })
  const served = await serve<Greeter>('service.ts', { cwd })
  await expect(served.client.greet({ name: 'Ann' })).resolves.toBe('hello Ann')
  await served.close()
  await expect(fetch(`${served.url}/livez`)).rejects.toThrow('fetch failed')
})

test('hands on the log, and takes options of the service', async () => {
  const lines: string[] = []
  const cwd = await createProject({ 'service.ts': greeter })
  await using served = await serve<Greeter>('service.ts:Greeter', {
    cwd,
    config: { auth: { keys: ['secret'] } },
    workers: 2,
    onLog: (line) => lines.push(line),
    token: 'secret',
  })
  await expect(served.client.greet({ name: 'Ann' })).resolves.toBe('hello Ann')
  expect((await fetch(`${served.url}/schema.json`)).status).toBe(401)
  await served.close()
  expect(lines.join('\n')).toMatch(/^Plan: 2 workers/m)
  expect(lines.join('\n')).toMatch(/"path":"\/greet".*"msg":"access"/)
})

test('says what is wrong with a service', async () => {
  const cwd = await createProject({ 'service.ts': 'export class {' })
  expect(await errorOf(serve('nowhere.ts', { cwd }))).toMatchObject({ code: 'TARGET_NOT_FOUND' })
  expect(await errorOf(serve('service.ts', { cwd }))).toMatchObject({ code: 'BUILD_FAILED' })
})

test('says that a service ended before it was ready', async () => {
  const source = greeter
    .replace('{ api,', '{ api, onStartup,')
    .replace('@api', "@onStartup\n  start() { process.kill(process.ppid, 'SIGKILL') }\n\n  @api")
  const cwd = await createProject({ 'service.ts': source })
  const error = await errorOf(serve('service.ts', { cwd }))
  expect(error.code).toBe('STARTUP_FAILED')
  expect(error.message).toMatch(/^"service\.ts" ended before it was ready\nPlan: /)
})
