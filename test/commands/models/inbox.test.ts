import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { packArchive } from '../../../src/store/pack.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { runBento } from '../run-bento.ts'

const onnx = fileURLToPath(new URL('../../../examples/iris/iris_classifier.onnx', import.meta.url))

const saved = {
  format: 1,
  name: 'iris',
  version: 'v1',
  framework: 'onnx',
  signatures: { predict: { batchable: true, batch_dim: 0 } },
  labels: { team: 'flowers' },
  metadata: { accuracy: 0.9 },
  files: ['tokenizer.json'],
  original: 'model.onnx',
  check: null,
  converted: null,
}

/** A home in whose inbox an archive waits, as `bento_models` writes it. */
async function homeWith(manifest: object): Promise<string> {
  const cwd = await temporaryFolder()
  const folder = join(cwd, 'packed')
  const inbox = join(cwd, 'home', 'models', '.inbox')
  await mkdir(folder)
  await mkdir(inbox, { recursive: true })
  await cp(onnx, join(folder, 'model.onnx'))
  await writeFile(join(folder, 'tokenizer.json'), '{}')
  await writeFile(join(folder, 'saved.json'), JSON.stringify(manifest))
  const files = ['saved.json', 'model.onnx', 'tokenizer.json']
  await packArchive(folder, join(inbox, 'iris-v1.bentomodel'), files)
  return cwd
}

function inboxOf(cwd: string): Promise<string[]> {
  return readdir(join(cwd, 'home', 'models', '.inbox'))
}

test('takes in what was saved from Python, before the command runs', async () => {
  const cwd = await homeWith(saved)
  const { code, stdout, stderr } = await runBento('models get iris -o json', { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Took in iris:v1, saved from Python.\n' })
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'iris',
    version: 'v1',
    framework: 'onnx',
    signatures: saved.signatures,
    labels: saved.labels,
    metadata: saved.metadata,
    files: [{ path: 'model.onnx' }, { path: 'tokenizer.json' }],
  })
  expect(await inboxOf(cwd)).toEqual([])
  expect((await runBento('models list', { cwd })).stderr).toBe('')
})

test('two commands at once take it in once', async () => {
  const cwd = await homeWith(saved)
  const results = await Promise.all(
    Array.from({ length: 4 }, () => runBento('models list -o json', { cwd })),
  )
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0])
  const { stdout } = await runBento('models list -o json', { cwd })
  expect(JSON.parse(stdout)).toHaveLength(1)
  expect(await inboxOf(cwd)).toEqual([])
})

const rows = Buffer.from(new Float32Array([5.1, 3.5, 1.4, 0.2]).buffer).toString('base64')
const input = { dtype: 'float32', shape: [1, 4], data: rows }

test.each([
  [
    'answers otherwise than it did there',
    {
      check: {
        source: 'rows that were given',
        inputs: { float_input: input, features: input },
        expected: { label: { dtype: 'string', shape: [1], data: ['rose'] } },
      },
    },
    /MODEL_DIFFERS|MODEL_INPUT_INVALID/,
  ],
  [
    'names a file outside',
    { original: '../../../etc/passwd' },
    /ARCHIVE_INVALID: .* original: expected the name of a file/,
  ],
  [
    'has a companion outside',
    { files: ['..'] },
    /ARCHIVE_INVALID: .* files.0: expected the name of a file/,
  ],
  ['is of a later form', { format: 2 }, /ARCHIVE_INVALID: .* format: expected 1, got 2/],
  ['is of a framework that is not known', { framework: 'paddle' }, /FRAMEWORK_UNKNOWN/],
])('keeps aside a model that %s, and says so once', async (_what, change, message) => {
  const cwd = await homeWith({ ...saved, ...change })
  const { code, stdout, stderr } = await runBento('models list -o json', { cwd })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '[]\n' })
  expect(stderr).toMatch(message)
  expect(stderr).toContain('/home/models/.inbox/iris-v1.bentomodel.refused"')
  expect(await inboxOf(cwd)).toEqual(['iris-v1.bentomodel.refused'])
  expect((await runBento('models list', { cwd })).stderr).not.toContain('refused')
})
