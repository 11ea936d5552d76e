import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readCpuQuota, readMemoryLimit } from '../../src/lib/cpu-quota.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function cgroup(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder()
  await mkdir(join(root, 'cpu'))
  await mkdir(join(root, 'memory'))
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

test.each([
  ['a memory limit of version 2', { 'memory.max': '2147483648\n' }, 2 ** 31],
  ['no memory limit of version 2', { 'memory.max': 'max\n' }, 2 ** 33],
  ['a memory limit of version 1', { 'memory/memory.limit_in_bytes': '1073741824\n' }, 2 ** 30],
  [
    'no memory limit of version 1',
    { 'memory/memory.limit_in_bytes': '9223372036854771712\n' },
    2 ** 33,
  ],
  ['no memory limit without a cgroup', {}, 2 ** 33],
])('reads %s', async (_name, files, expected) => {
  await expect(readMemoryLimit(2 ** 33, await cgroup(files))).resolves.toBe(expected)
})
