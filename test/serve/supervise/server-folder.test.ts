import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { markOfThisProcess } from '../../../src/lib/process-mark.ts'
import { Counters } from '../../../src/serve/supervise/counters.ts'

test('a server removes the counters that killed ones left, and those of no living one', async () => {
  const dead = spawnSync('true').pid
  const mark = await markOfThisProcess()
  const leave = async (pid: number): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'bento-counters-'))
    await writeFile(join(folder, 'owner.json'), JSON.stringify({ ...mark, pid }))
    return folder
  }
  const [left, living] = await Promise.all([leave(dead), leave(mark.pid)])
  const counters = new Counters()
  await counters.claim()
  expect(existsSync(left)).toBe(false)
  expect(existsSync(living)).toBe(true)
  counters.remove()
  await rm(living, { recursive: true })
})
