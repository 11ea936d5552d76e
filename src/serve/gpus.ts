import { readdir } from 'node:fs/promises'

export interface GpuWish {
  /** How many the service asks for; a part of one is one that it shares. */
  readonly gpu: number
  readonly workers: number | 'cpu_count'
  readonly env: Readonly<Record<string, string | undefined>>
  /** How many this machine has. */
  readonly available: number
}

export interface Gpus {
  /** For every worker. */
  readonly env: Readonly<Record<string, string>>
  /** What a person should know. */
  readonly note?: string
}

/**
 * Which GPUs the workers see, as BentoML gives them out: the first ones, all workers the same. Who has set
 * CUDA_VISIBLE_DEVICES or BENTO_DISABLE_GPU_ALLOCATION has done it already, and a worker for each CPU gets none.
 */
export function assignGpus({ gpu, workers, env, available }: GpuWish): Gpus {
  const isOthers = ['CUDA_VISIBLE_DEVICES', 'BENTO_DISABLE_GPU_ALLOCATION'].some(
    (name) => env[name] !== undefined,
  )
  if (gpu === 0 || isOthers || workers === 'cpu_count') return { env: {} }
  const wanted = Math.ceil(gpu)
  const given = Math.min(wanted, available)
  const ids = Array.from({ length: given }, (_, id) => id).join(',')
  const assigned = given === 0 ? {} : { CUDA_VISIBLE_DEVICES: ids }
  if (given === wanted) return { env: assigned }
  const found = available === 0 ? 'none' : `only ${available}`
  return { env: assigned, note: `The service asks for ${gpu} GPUs, and this machine has ${found}` }
}

/** NVIDIA's driver lists them here; no driver, no GPUs. */
export async function countGpus(folder = '/proc/driver/nvidia/gpus'): Promise<number> {
  return (await readdir(folder).catch(() => [])).length
}
