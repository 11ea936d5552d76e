import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { importModel } from '../../../src/models/save.ts'
import { verifyModels } from '../../../src/serve/supervise/verify-models.ts'
import { digestFiles } from '../../../src/store/digest.ts'
import type { BentoModel } from '../../../src/store/manifest.ts'
import { openModelStore } from '../../../src/store/model-store.ts'
import { identityModel } from '../../models/onnx-writer.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

async function storedModel(): Promise<BentoModel> {
  const file = join(await temporaryFolder(), 'iris.onnx')
  await writeFile(file, identityModel('float32'))
  const { tag, path, manifest } = await importModel(openModelStore(await temporaryFolder()), {
    file,
  })
  const { runtime, main, signatures, files } = manifest
  return { requested: 'iris', tag, path, runtime, main, signatures, digest: digestFiles(files) }
}

test('takes a model whose files are those that were stored', async () => {
  const model = await storedModel()
  await writeFile(join(model.path, '.DS_Store'), '')
  const infos = await verifyModels('/', [model, { ...model, requested: 'iris:latest' }], new Map())
  expect(infos).toMatchObject({ iris: { tag: model.tag }, 'iris:latest': { tag: model.tag } })
})

test.each<[string, (file: string) => Promise<void>, string]>([
  ['of other bytes', (file) => writeFile(file, Buffer.alloc(95)), '"iris.onnx" is not the file'],
  ['that was cut off', (file) => truncate(file, 90), '"iris.onnx" is not the file'],
  ['that is gone', (file) => rm(file), 'ENOENT'],
])('refuses a model with a file %s', async (_name, spoil, reason) => {
  const model = await storedModel()
  await spoil(join(model.path, model.main))
  await expect(verifyModels('/', [model], new Map())).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining(reason),
    hint: 'Delete it and import it again; for a bento, build or import that again.',
  })
})

test('refuses a model that is another than the one that was packed', async () => {
  const model = { ...(await storedModel()), digest: '0'.repeat(64) }
  await expect(verifyModels('/', [model], new Map())).rejects.toMatchObject({
    code: 'MODEL_INVALID',
  })
})
