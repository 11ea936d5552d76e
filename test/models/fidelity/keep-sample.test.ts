import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createTensor } from '../../../src/lib/tensor-ops.ts'
import type { ValueInfo } from '../../../src/lib/tensor.ts'
import { keepSample } from '../../../src/models/fidelity/keep-sample.ts'
import { readSample } from '../../../src/models/runtimes/sample.ts'
import type { Sample } from '../../../src/models/runtimes/sample.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

function rowsOf(rows: number, width: number, shape: ValueInfo['shape'] = [null, width]) {
  const x = createTensor('float64', [rows, width], new Float64Array(rows * width).fill(1.5))
  const check = { source: 'rows.csv', inputs: { x }, expected: {} }
  return keepSample(check, [{ name: 'x', dtype: 'float32', shape }])
}

async function read([file]: ReturnType<typeof keepSample>): Promise<Sample | undefined> {
  const folder = await temporaryFolder()
  if (file && 'content' in file) await writeFile(join(folder, file.target), file.content)
  return readSample(folder)
}

test('keeps the first rows, in the type that the model takes', async () => {
  expect(await read(rowsOf(200, 3))).toEqual({
    source: 'rows.csv',
    inputs: { x: createTensor('float32', [32, 3], new Float32Array(96).fill(1.5)) },
  })
})

test('keeps fewer rows where they are large, and none where one is too large', async () => {
  const image = 224 * 224 * 3
  expect((await read(rowsOf(10, image)))?.inputs['x']?.shape).toEqual([3, image])
  expect(rowsOf(1, 4 * image)).toEqual([])
})

test('keeps as many rows as a model takes that takes no others', async () => {
  expect((await read(rowsOf(80, 3, [40, 3])))?.inputs['x']?.shape).toEqual([40, 3])
})

test('keeps nothing where nothing was compared', async () => {
  expect(keepSample(undefined, [])).toEqual([])
  expect(await readSample(await temporaryFolder())).toBeUndefined()
})

test('says which sample cannot be read', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'bento-sample.json'), '{"source":"rows.csv"}')
  await expect(readSample(folder)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('inputs: expected a map, got nothing'),
  })
})
