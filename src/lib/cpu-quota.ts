import { readFile } from 'node:fs/promises'

const defaultRoot = '/sys/fs/cgroup'

/** CPUs that this process may use: the cgroup's quota (v2, then v1), at most the host's cores; may be a fraction. */
export async function readCpuQuota(hostCores: number, root = defaultRoot): Promise<number> {
  const quota = (await readQuotaV2(root)) ?? (await readQuotaV1(root)) ?? hostCores
  return Math.min(quota, hostCores)
}

/** Memory that this process may use: the cgroup's limit (v2, then v1), at most what the host has. */
export async function readMemoryLimit(hostBytes: number, root = defaultRoot): Promise<number> {
  const files = [`${root}/memory.max`, `${root}/memory/memory.limit_in_bytes`]
  const limits = (await Promise.all(files.map(readText))).map((text) => Number(text ?? 'absent'))
  // v2 writes "max" where there is no limit, v1 a number that no host reaches.
  return Math.min(hostBytes, ...limits.filter((limit) => limit > 0))
}

// "max 100000" or "150000 100000": microseconds of CPU in each period.
async function readQuotaV2(root: string): Promise<number | undefined> {
  const text = await readText(`${root}/cpu.max`)
  const [quota, period] = (text ?? '').trim().split(' ').map(Number)
  return toCpus(quota, period)
}

async function readQuotaV1(root: string): Promise<number | undefined> {
  const [quota, period] = await Promise.all([
    readText(`${root}/cpu/cpu.cfs_quota_us`),
    readText(`${root}/cpu/cpu.cfs_period_us`),
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
