import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { assignGpus, countGpus } from '../../src/serve/gpus.ts'
import type { GpuWish } from '../../src/serve/gpus.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const plain: GpuWish = { gpu: 0, workers: 1, env: {}, available: 4 }

test.each<[string, Partial<GpuWish>, string | undefined]>([
  ['none', { gpu: 0 }, undefined],
  ['one', { gpu: 1 }, '0'],
  ['a part of one', { gpu: 0.3 }, '0'],
  ['several, for all workers', { gpu: 3, workers: 2 }, '0,1,2'],
  ['none to a worker for each CPU', { gpu: 1, workers: 'cpu_count' }, undefined],
  [
    'none where they are given out already',
    { gpu: 1, env: { CUDA_VISIBLE_DEVICES: '3' } },
    undefined,
  ],
  [
    'none where that is turned off',
    { gpu: 1, env: { BENTO_DISABLE_GPU_ALLOCATION: '1' } },
    undefined,
  ],
])('gives %s', (_name, wish, devices) => {
  const { env, note } = assignGpus({ ...plain, ...wish })
  expect(env['CUDA_VISIBLE_DEVICES']).toBe(devices)
  expect(note).toBeUndefined()
})

test.each([
  [1, '0', 'this machine has only 1'],
  [0, undefined, 'this machine has none'],
])('says when a machine with %d has too few', (available, devices, text) => {
  const { env, note } = assignGpus({ ...plain, gpu: 2, available })
  expect(env['CUDA_VISIBLE_DEVICES']).toBe(devices)
  expect(note).toBe(`The service asks for 2 GPUs, and ${text}`)
})

test('counts what the driver lists', async () => {
  const folder = await temporaryFolder()
  for (const card of ['0000:01:00.0', '0000:02:00.0']) await mkdir(join(folder, card))
  expect(await countGpus(folder)).toBe(2)
  expect(await countGpus(join(folder, 'none'))).toBe(0)
})
