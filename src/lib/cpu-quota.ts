import { readFile } from 'node:fs/promises'

/** Where the kernel tells of cgroups. */
export interface CgroupFiles {
  readonly root: string
  /** Says which cgroup this process is in. */
  readonly self: string
}

const systemFiles: CgroupFiles = { root: '/sys/fs/cgroup', self: '/proc/self/cgroup' }

/** CPUs that this process may use: the cgroup's quota (v2 and v1), at most the host's cores; may be a fraction. */
export async function readCpuQuota(hostCores: number, files = systemFiles): Promise<number> {
  const [v2, v1] = await Promise.all([foldersOf('', files), foldersOf('cpu', files)])
  const quotas = await Promise.all([...v2.map(readQuotaV2), ...v1.map(readQuotaV1)])
  return Math.min(hostCores, ...quotas.filter((quota) => quota !== undefined))
}

/** Memory that this process may use: the cgroup's limit (v2 and v1), at most what the host has. */
export async function readMemoryLimit(hostBytes: number, files = systemFiles): Promise<number> {
  const [v2, v1] = await Promise.all([foldersOf('', files), foldersOf('memory', files)])
  const texts = await Promise.all([
    ...v2.map((folder) => readText(`${folder}/memory.max`)),
    ...v1.map((folder) => readText(`${folder}/memory.limit_in_bytes`)),
  ])
  const limits = texts.map((text) => Number(text ?? 'absent'))
  // v2 writes "max" where there is no limit, v1 a number that no host reaches.
  return Math.min(hostBytes, ...limits.filter((limit) => limit > 0))
}

/**
 * The cgroup of this process and those around it, each of which may set a limit; of version 2 where the controller is
 * ''. In a container its own is the root, whatever it is called outside; a service of systemd has one below.
 */
async function foldersOf(controller: string, { root, self }: CgroupFiles): Promise<string[]> {
  const top = controller === '' ? root : `${root}/${controller}`
  const lines = ((await readText(self)) ?? '').split('\n').map((line) => line.split(':'))
  const [, , path = ''] =
    lines.find(([, names = '-']) => names.split(',').includes(controller)) ?? []
  const names = path.split('/').filter((name) => name !== '')
  return [top, ...names.map((_, index) => [top, ...names.slice(0, index + 1)].join('/'))]
}

// "max 100000" or "150000 100000": microseconds of CPU in each period.
async function readQuotaV2(folder: string): Promise<number | undefined> {
  const text = await readText(`${folder}/cpu.max`)
  const [quota, period] = (text ?? '').trim().split(' ').map(Number)
  return toCpus(quota, period)
}

async function readQuotaV1(folder: string): Promise<number | undefined> {
  const [quota, period] = await Promise.all([
    readText(`${folder}/cpu.cfs_quota_us`),
    readText(`${folder}/cpu.cfs_period_us`),
  ])
  return toCpus(Number(quota), Number(period))
}

function toCpus(quota = Number.NaN, period = Number.NaN): number | undefined {
  return quota > 0 && period > 0 ? quota / period : undefined
}

async function readText(file: string): Promise<string | undefined> {
  // No such file: another cgroup version, or no cgroup at all.
  return readFile(file, 'utf8').catch(() => undefined)
}
