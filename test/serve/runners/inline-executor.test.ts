import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createTensor } from '../../../src/lib/tensor-ops.ts'
import { renderSample, sampleFile } from '../../../src/models/runtimes/sample.ts'
import { InlineExecutor } from '../../../src/serve/runners/inline-executor.ts'
import { identityModel } from '../../models/onnx-writer.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

async function load(width: number): Promise<unknown> {
  const folder = await temporaryFolder()
  const file = join(folder, 'model.onnx')
  await writeFile(file, identityModel('float32'))
  const x = createTensor('float32', [1, width], new Float32Array(width))
  await writeFile(join(folder, sampleFile), renderSample({ source: 'rows.csv', inputs: { x } }))
  const executor = new InlineExecutor({
    intraOpThreads: 1,
    allowSpinning: false,
    packageRoots: [],
  })
  try {
    return await executor.load({ requested: 'iris:latest', runtime: 'onnx', file })
  } finally {
    await executor.close()
  }
}

test('runs a model on its sample before it counts as loaded', async () => {
  expect(await load(2)).toMatchObject({ inputs: [{ name: 'x' }] })
  await expect(load(3)).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    message: expect.stringMatching(
      /^Model "iris:latest" does not run on the sample that was stored with it: .*float32\[1, 3\]/,
    ),
  })
})
