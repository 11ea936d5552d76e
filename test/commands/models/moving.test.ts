import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { describeWith } from '../../describe-with.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { runBento } from '../run-bento.ts'

const onnx = fileURLToPath(new URL('../../../examples/iris/iris_classifier.onnx', import.meta.url))
const archive = fileURLToPath(new URL('../../fixtures/bentoml/plain.bentomodel', import.meta.url))

/** As BentoML 1.4.39 writes it, with a list that stands in two places. */
const manifest = `name: iris
version: h54nbcxjesn2uax4
module: bentoml.onnx
labels:
  team: flowers
options: {}
metadata:
  accuracy: 0.9
  folds:
  - 1
  - 2
context:
  framework_name: onnx
  framework_versions:
    onnxruntime: 1.20.0
  bentoml_version: 1.4.39
  python_version: 3.11.7
signatures:
  predict:
    batchable: true
    batch_dim: &id001
    - 0
    - 0
  run:
    batchable: true
    batch_dim: *id001
api_version: v1
creation_time: '2026-11-25T23:02:11.817847+00:00'
`

/** A home of BentoML with one model for each manifest, with this file. */
async function home(models: Readonly<Record<string, readonly [string, string]>>): Promise<string> {
  const cwd = await temporaryFolder()
  for (const [tag, [content, name]] of Object.entries(models)) {
    const folder = join(cwd, 'bentoml', 'models', ...tag.split(':'))
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'model.yaml'), content)
    await cp(onnx, join(folder, name))
    await writeFile(join(dirname(folder), 'latest'), 'h54nbcxjesn2uax4')
  }
  return cwd
}

const iris = { 'iris:h54nbcxjesn2uax4': [manifest, 'saved_model.onnx'] } as const

test('imports a model of a BentoML store under its tag, with all that was said of it', async () => {
  const cwd = await home(iris)
  const line = 'models import bentoml/models/iris/h54nbcxjesn2uax4 -o tag'
  const { code, stdout } = await runBento(line, { cwd })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'iris:h54nbcxjesn2uax4\n' })
  const got = await runBento('models get iris -o json', { cwd })
  expect(JSON.parse(got.stdout)).toMatchObject({
    framework: 'onnx',
    labels: { team: 'flowers' },
    metadata: { accuracy: 0.9, folds: '[1,2]' },
    signatures: {
      predict: { batchable: true, batch_dim: 0 },
      run: { batchable: true, batch_dim: 0 },
    },
  })
})

test('imports a whole home, and says what it refuses and why', async () => {
  const cwd = await home({
    ...iris,
    'forest:v1': [manifest.replace('bentoml.onnx', 'bentoml.sklearn'), 'saved_model.pkl'],
    'old:v1': [manifest.replace('bentoml.onnx', 'bentoml.paddle'), 'saved_model.onnx'],
    'plain:v1': ['name: plain\nversion: v1\nmodule: ""\n', 'notes.md'],
    'torn:v1': ['name: torn\nmodule: bentoml.onnx\n', 'saved_model.onnx'],
  })
  const { code, stdout } = await runBento('models import bentoml --all', { cwd })
  expect(code).toBe(1)
  expect(stdout.replaceAll(/ {2,}/g, '  ')).toMatchInlineSnapshot(`
"Model  Result
forest:v1  MODEL_UNTRUSTED: "<cwd>/bentoml/models/forest/v1/saved_model.pkl" is a pickle, which can run any code when it is read
iris:h54nbcxjesn2uax4  imported
old:v1  FRAMEWORK_UNKNOWN: No framework is named "paddle"
plain:v1  MODEL_UNSUPPORTED: Model "plain:v1" has no file of a model
torn:v1  MODEL_INVALID: "<cwd>/bentoml/models/torn/v1/model.yaml" cannot be read: version: expected a string, got nothing
"
`)
  const { stdout: listed } = await runBento('models list -o json', { cwd })
  expect(JSON.parse(listed)).toHaveLength(1)
  const again = await runBento('models import bentoml/models --all -o json', { cwd })
  expect(JSON.parse(again.stdout)).toContainEqual({
    model: 'iris:h54nbcxjesn2uax4',
    imported: true,
  })
})

test.each([
  [
    'models import bentoml --all',
    'FILE_NOT_FOUND: There are no models of BentoML in "<cwd>/bentoml"',
  ],
  ['models import bentoml', 'FILE_NOT_FOUND: "<cwd>/bentoml" is no file, and no model of BentoML'],
  ['models import bentoml --name iris', 'USAGE: --name does not go with an exported model'],
  ['models import bentoml --all --label a=b', 'USAGE: --label does not go with a whole store'],
])('%s, of nothing, fails with the reason', async (line, message) => {
  const cwd = await home({})
  await mkdir(join(cwd, 'bentoml'))
  const { code, stderr } = await runBento(line, { cwd })
  expect(code).not.toBe(0)
  expect(stderr).toContain(message)
})

const lacking = spawnSync('python3').error ? ['python3'] : []

describeWith('archives of BentoML, which Python unpacks', lacking, () => {
  const python = spawnSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).stdout.trim()

  test('imports one', async () => {
    const { code, stdout } = await runBento([
      'models',
      'import',
      archive,
      '--python',
      python,
      '-o',
      'json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ tag: 'plain_onnx:v1', framework: 'onnx' })
  })

  test('says when one is damaged', async () => {
    const cwd = await temporaryFolder()
    const bytes = await readFile(archive)
    await writeFile(join(cwd, 'cut.bentomodel'), bytes.subarray(0, 2000))
    const { code, stderr } = await runBento(
      ['models', 'import', 'cut.bentomodel', '--python', python],
      { cwd },
    )
    expect(code).toBe(1)
    expect(stderr).toContain('ARCHIVE_INVALID: "<cwd>/cut.bentomodel" cannot be unpacked')
  })
})
