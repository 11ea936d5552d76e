import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type CgroupFiles, readCpuQuota, readMemoryLimit } from '../../src/lib/cpu-quota.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** `self` says which cgroup the process is in. */
async function cgroup(files: Readonly<Record<string, string>>): Promise<CgroupFiles> {
  const root = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  return { root, self: join(root, 'self') }
}

const service = '0::/system.slice/iris.service\n'
const serviceV1 = '4:memory:/system.slice/iris.service\n3:cpu,cpuacct:/system.slice/iris.service\n'

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
  [
    'a quota of the service that it is',
    { self: service, 'system.slice/iris.service/cpu.max': '50000 100000\n' },
    0.5,
  ],
  [
    'the least of the quotas around it',
    {
      self: service,
      'system.slice/cpu.max': '150000 100000\n',
      'system.slice/iris.service/cpu.max': '400000 100000\n',
    },
    1.5,
  ],
  [
    'a quota of the service of version 1',
    {
      self: serviceV1,
      'cpu/system.slice/iris.service/cpu.cfs_quota_us': '300000\n',
      'cpu/system.slice/iris.service/cpu.cfs_period_us': '100000\n',
    },
    3,
  ],
  [
    'its own quota where what it is called is outside of the container',
    { self: '0::/../kubepods/pod1\n', 'cpu.max': '200000 100000\n' },
    2,
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
  [
    'a memory limit of the service that it is',
    { self: service, 'system.slice/iris.service/memory.max': '1073741824\n' },
    2 ** 30,
  ],
  [
    'a memory limit of the service of version 1',
    { self: serviceV1, 'memory/system.slice/iris.service/memory.limit_in_bytes': '1073741824\n' },
    2 ** 30,
  ],
  ['no memory limit without a cgroup', {}, 2 ** 33],
])('reads %s', async (_name, files, expected) => {
  await expect(readMemoryLimit(2 ** 33, await cgroup(files))).resolves.toBe(expected)
})
