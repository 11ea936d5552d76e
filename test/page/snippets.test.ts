import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { transform } from 'esbuild'
import { createField } from '../../page/try/create-field.ts'
import { type Endpoint, readService, type Service } from '../../page/try/endpoints.ts'
import type { Field } from '../../page/try/field.ts'
import { buildRequest } from '../../page/try/request.ts'
import { snippets } from '../../page/try/snippets/snippets.ts'
import { createProject } from '../build/project.ts'
import { describeWith, missing } from '../describe-with.ts'
import { missingBentoml, python } from '../interop/python.ts'
import { run } from '../processes.ts'
import { type ServedApp, serveApp } from '../serve/http/serve-app.ts'
import { Kinds } from './kinds-service.ts'

let served: ServedApp
let service: Service
let cwd: string

beforeAll(async () => {
  served = await serveApp(Kinds)
  const documents = await Promise.all(
    ['schema.json', 'docs.json'].map(async (name) => (await fetch(`${served.url}/${name}`)).json()),
  )
  service = readService(documents[0], documents[1])
  cwd = await createProject({ 'package.json': '{"type":"module"}', "it's.txt": 'hello' })
  const repository = fileURLToPath(new URL('../..', import.meta.url))
  await symlink(repository, join(cwd, 'node_modules', 'bentojs'))
})

afterAll(() => served.close())

/** The snippet of a language for a method, its form as it is at first, but for files. */
function snippetOf(language: string, name: string): string {
  const endpoint = service.endpoints.find((one) => one.name === name)
  const [, render] = snippets.find(([title]) => title === language) ?? []
  if (!endpoint || !render) throw new Error(`Nothing is called ${name}, or ${language}`)
  const field = withFile(createField(endpoint.input, service.document))
  const request = buildRequest(endpoint, field, paramsOf(endpoint))
  return render({ url: served.url, service: service.name, endpoint, request, needsKey: false })
}

function paramsOf({ params }: Endpoint): (readonly [string, string])[] {
  return params.map(([name]) => [name, '7'])
}

function withFile(field: Field): Field {
  const files = [new File(['hello'], "it's.txt", { type: 'text/plain' })]
  if (field.type === 'file') return { ...field, files }
  if (field.type !== 'object') return field
  const entries = field.entries.map((entry) => ({ ...entry, field: withFile(entry.field) }))
  return { ...field, entries }
}

const answers: readonly (readonly [method: string, answer: RegExp])[] = [
  ['plain', /on.*true.*wide.*1/s],
  ['rows', /petals/],
  ['double', /1/],
  ['shout', /TEXT/],
  ['item', /7/],
  ['words', /word1.*word3/s],
  ['upload', /it.*s\.txt.*hello/s],
  ['total', /5/],
  ['reverse', /olleh|6f 6c 6c 65 68|size: 5/],
]

describeWith('curl', await missing('curl'), () => {
  test.each(answers)('%s', async (method, answer) => {
    const command = snippetOf('curl', method)
    expect(await run('bash', ['-c', command], { cwd })).toMatch(answer)
  })
})

test.each(answers)('fetch: %s', async (method, answer) => {
  await writeFile(join(cwd, 'call.mjs'), snippetOf('fetch', method))
  expect(await run(process.execPath, ['call.mjs'], { cwd })).toMatch(answer)
})

test.each(answers)('TypeScript: %s', async (method, answer) => {
  const { code } = await transform(snippetOf('TypeScript', method), {
    loader: 'ts',
    format: 'esm',
    target: 'es2022',
  })
  await writeFile(join(cwd, 'typed.mjs'), code)
  expect(await run(process.execPath, ['typed.mjs'], { cwd })).toMatch(answer)
})

describeWith('Python', missingBentoml(), () => {
  test.each(answers)('%s', async (method, answer) => {
    await writeFile(join(cwd, 'call.py'), snippetOf('Python', method))
    expect(await run(python, ['call.py'], { cwd })).toMatch(answer)
  })
})

test('says no more than that a key is needed', () => {
  const endpoint = service.endpoints.find((one) => one.name === 'words')
  if (!endpoint) throw new Error('It is gone')
  const request = buildRequest(endpoint, createField(endpoint.input, service.document), [])
  const input = { url: 'http://a', service: 'Kinds', endpoint, request, needsKey: true }
  const texts = snippets.map(([, render]) => render(input))
  expect(texts.filter((text) => !text.includes('BENTO_API_KEY'))).toEqual([])
})
