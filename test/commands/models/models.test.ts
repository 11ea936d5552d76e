import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import type { BentoModel } from '../../../src/store/manifest.ts'
import { cwdWithBentos, cwdWithModelFile, cwdWithModels } from '../fill-store.ts'
import { runBento } from '../run-bento.ts'

test('imports a model and says how to use it', async () => {
  const cwd = await cwdWithModelFile()
  const { code, stdout, stderr } = await runBento('models import tiny.onnx', { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Imported tiny:[a-z2-7]{16}\n$/)
  expect(stderr).toBe("Use it in a service: models.get('tiny:latest').\n")
})

test.each([
  ['tag', 'tiny:v1\n'],
  ['path', '<cwd>/home/models/tiny/v1\n'],
])('prints nothing but the %s when asked', async (form, expected) => {
  const cwd = await cwdWithModelFile()
  const line = `models import tiny.onnx --version v1 -o ${form}`
  expect(await runBento(line, { cwd })).toEqual({ code: 0, stdout: expected, stderr: '' })
})

test('prints an imported model as JSON', async () => {
  const cwd = await cwdWithModelFile()
  const { stdout } = await runBento('models import tiny.onnx --version v1 -o json', { cwd })
  expect(JSON.parse(stdout)).toEqual({
    tag: 'tiny:v1',
    framework: 'onnx',
    size: expect.any(Number),
    creation_time: '<time>',
    path: '<cwd>/home/models/tiny/v1',
  })
})

test('keeps name, signatures, labels and metadata', async () => {
  const cwd = await cwdWithModelFile()
  const flags = [
    '--name=other',
    '--signature=run:batchable',
    '--signature=explain',
    '--label=team=flowers',
    '--label=url=https://example.com/?a=b',
    '--metadata=accuracy=0.95',
    '--metadata=rows=1e3',
    '--metadata=final=true',
  ]
  await runBento(['models', 'import', 'tiny.onnx', ...flags], { cwd })
  const { stdout } = await runBento('models get other -o json', { cwd })
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'other',
    signatures: {
      run: { batchable: true, batch_dim: 0 },
      explain: { batchable: false, batch_dim: 0 },
    },
    labels: { team: 'flowers', url: 'https://example.com/?a=b' },
    metadata: { accuracy: 0.95, rows: '1e3', final: true },
  })
})

test('stores what belongs to a model beside it, and carries it along', async () => {
  const cwd = await cwdWithModelFile()
  await writeFile(join(cwd, 'tokenizer.json'), '{}')
  await runBento('models import tiny.onnx --file tokenizer.json --version v1', { cwd })
  await runBento('models export tiny copy.bentomodel', { cwd })
  const env = { BENTO_HOME: join(cwd, 'other') }
  await runBento('models import copy.bentomodel', { cwd, env })
  const { stdout } = await runBento('models get tiny -o json', { cwd, env })
  expect(JSON.parse(stdout)).toMatchObject({
    files: [{ path: 'tiny.onnx' }, { path: 'tokenizer.json', size: 2 }],
  })
})

test('recognises an exported model whatever its name', async () => {
  const cwd = await cwdWithModels(['tiny:v1'])
  const exported = await runBento('models export tiny copy.bentomodel', { cwd })
  expect(exported).toEqual({ code: 0, stdout: '<cwd>/copy.bentomodel\n', stderr: '' })
  const env = { BENTO_HOME: join(cwd, 'other') }
  const { stdout } = await runBento('models import copy.bentomodel -o tag', { cwd, env })
  expect(stdout).toBe('tiny:v1\n')
})

test('refuses to rename an exported model', async () => {
  const cwd = await cwdWithModels(['tiny:v1'])
  await runBento('models export tiny copy', { cwd })
  expect(await runBento('models import copy.bentomodel --name x', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "USAGE: --name does not go with an exported model
  Leave it out: that says all of it itself.
",
  "stdout": "",
}
`)
})

test('refuses a file that is no model', async () => {
  const cwd = await cwdWithModelFile()
  await writeFile(join(cwd, 'model.onnx'), 'hello, I am a text\n')
  const { code, stdout, stderr } = await runBento('models import model.onnx', { cwd })
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^MODEL_INVALID: .*model\.onnx/)
})

test.each(['nowhere.onnx', '.'])('names "%s", which is no file', async (path) => {
  const { code, stderr } = await runBento(`models import ${path}`)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^FILE_NOT_FOUND: "<cwd>.*\n {2}Give the file/)
})

test.each(['run:fast', 'run:batchable:0', ':'])('refuses the signature "%s"', async (signature) => {
  const cwd = await cwdWithModelFile()
  const line = `models import tiny.onnx --signature ${signature}`
  const { code, stderr } = await runBento(line, { cwd })
  expect(code).toBe(2)
  expect(stderr).toMatch(/^USAGE: /)
})

test('lists models', async () => {
  const cwd = await cwdWithModels(['tiny:v1', 'other:v1'])
  const table = (await runBento('models list', { cwd })).stdout
  expect(table.replaceAll(/\b\d{3} B/g, '### B')).toMatchInlineSnapshot(`
"Tag       Framework  Size   Age  Creation Time
other:v1  onnx       ### B  now  <local time>      
tiny:v1   onnx       ### B  now  <local time>      
"
`)
  const { stdout } = await runBento('models list tiny -o json', { cwd })
  expect(JSON.parse(stdout)).toEqual([
    { tag: 'tiny:v1', framework: 'onnx', size: expect.any(Number), creation_time: '<time>' },
  ])
  expect((await runBento('models list tiny -o yaml', { cwd })).stdout).toContain('- tag: tiny:v1')
})

test('says what to do when there are no models', async () => {
  expect(await runBento('models list')).toMatchInlineSnapshot(`
{
  "code": 0,
  "stderr": "No models yet. Add one with \`bento models import FILE\`.
",
  "stdout": "Tag  Framework  Size  Age  Creation Time
",
}
`)
})

test('names the missing model', async () => {
  expect(await runBento('models get iris')).toMatchInlineSnapshot(`
{
  "code": 1,
  "stderr": "MODEL_NOT_FOUND: No model is tagged "iris"
  Run \`bento models list\` to see what there is.
",
  "stdout": "",
}
`)
})

test('deletes models that no bento needs', async () => {
  const cwd = await cwdWithModels(['tiny:v1', 'tiny:v2'])
  const { code, stdout } = await runBento('models delete tiny --yes', { cwd })
  expect(code).toBe(0)
  expect(stdout).toBe('Deleted tiny:v2\nDeleted tiny:v1\n')
})

test('keeps a model that a stored bento was built with, unless forced', async () => {
  const model: BentoModel = {
    requested: 'tiny',
    tag: 'tiny:v1',
    runtime: 'onnx',
    main: 'tiny.onnx',
    signatures: {},
    digest: '0'.repeat(64),
    path: 'models/tiny/v1',
  }
  const home = join(await cwdWithBentos(['iris:v1'], [model]), 'home')
  const options = { cwd: await cwdWithModelFile(), env: { BENTO_HOME: home } }
  for (const version of ['v1', 'v2']) {
    await runBento(`models import tiny.onnx --version ${version}`, options)
  }
  expect(await runBento('models delete tiny --yes', options)).toMatchInlineSnapshot(`
{
  "code": 1,
  "stderr": "MODEL_IN_USE: The model "tiny:v1" belongs to "iris:v1"
  Delete those bentos first, or add --force.
",
  "stdout": "",
}
`)
  expect((await runBento('models delete tiny --yes --force', options)).stdout).toBe(
    'Deleted tiny:v2\nDeleted tiny:v1\n',
  )
})

test('exports a model as an ONNX file, and says where that is not the same', async () => {
  const cwd = await cwdWithModels(['tiny:v1'])
  const models = join(fileURLToPath(new URL('../../../examples', import.meta.url)))
  await runBento(['models', 'import', join(models, 'fraud/fraud_detector.ubj')], { cwd })
  await runBento(['models', 'import', join(models, 'ranker/hotel_ranker.txt')], { cwd })
  const exported = await runBento('models export fraud_detector fraud --format onnx', { cwd })
  expect(exported).toEqual({ code: 0, stdout: '<cwd>/fraud.onnx\n', stderr: '' })
  expect(await runBento('models import fraud.onnx', { cwd })).toMatchObject({ code: 0 })
  const copied = await runBento('models export tiny --format onnx', { cwd })
  expect(copied.stdout).toBe('<cwd>/tiny-v1.onnx\n')
  expect(await readFile(join(cwd, 'tiny-v1.onnx'))).toEqual(await readFile(join(cwd, 'tiny.onnx')))
  const refused = await runBento('models export hotel_ranker --format onnx', { cwd })
  expect(refused.stderr).toMatch(/^MODEL_UNSUPPORTED: .*: it compares or adds up in float64/)
  await writeFile(join(cwd, 'vocab.txt'), '')
  await runBento('models import tiny.onnx --name more --file vocab.txt', { cwd })
  const more = await runBento('models export more --format onnx', { cwd })
  expect(more.stderr).toMatch(/^MODEL_UNSUPPORTED: .*: it has other files too: vocab.txt/)
})
