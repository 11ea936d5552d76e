import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { markOfThisProcess } from '../../../src/lib/process-mark.ts'
import { WeightsFolder } from '../../../src/serve/supervise/weights-folder.ts'

test('goes with its server, and takes along what killed servers left', async () => {
  const dead = spawnSync('true').pid
  const mark = await markOfThisProcess()
  const [left, living] = await Promise.all(
    [dead, mark.pid].map(async (pid) => {
      const folder = await mkdtemp(join(tmpdir(), 'bento-weights-'))
      await writeFile(join(folder, 'owner.json'), JSON.stringify({ ...mark, pid }))
      return folder
    }),
  )
  if (left === undefined || living === undefined) throw new Error('no folders')
  const weights = new WeightsFolder()
  const { path } = weights
  expect(weights.path).toBe(path)
  while (existsSync(left)) await setTimeout(5)
  expect(existsSync(living)).toBe(true)
  expect(existsSync(join(path, 'owner.json'))).toBe(true)
  weights.remove()
  expect(existsSync(path)).toBe(false)
  await rm(living, { recursive: true })
})

test('is not made for servers that need none', () => {
  expect(() => new WeightsFolder().remove()).not.toThrow()
})
