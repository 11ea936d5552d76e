import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readCpuQuota } from '../../src/lib/cpu-quota.ts'

async function cgroup(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'bento-cgroup-'))
  await mkdir(join(root, 'cpu'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text)
  return root
}

test.each([
  ['a quota of version 2', { 'cpu.max': '150000 100000\n' }, 1.5],
  ['no quota of version 2', { 'cpu.max': 'max 100000\n' }, 8],
  ['a quota above the cores', { 'cpu.max': '1600000 100000\n' }, 8],
  [
    'a quota of version 1',
    { 'cpu/cpu.cfs_quota_us': '200000\n', 'cpu/cpu.cfs_period_us': '100000\n' },
    2,
  ],
  [
    'no quota of version 1',
    { 'cpu/cpu.cfs_quota_us': '-1\n', 'cpu/cpu.cfs_period_us': '100000\n' },
    8,
  ],
  ['no cgroup', {}, 8],
])('reads %s', async (_name, files, expected) => {
  await expect(readCpuQuota(8, await cgroup(files))).resolves.toBe(expected)
})
