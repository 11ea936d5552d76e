import { byteSize } from '../../config/byte-size.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import type { DeploymentSpec } from '../spec.ts'

const gibibyte = 1024 ** 3

/** Container Apps gives twice as many GiB as cores, in steps of a quarter of a core; what is not said follows. */
export function renderResources({ resources }: DeploymentSpec): object | undefined {
  const cpu = coresOf(resources.cpu)
  const { data: bytes } = byteSize.safeParse(resources.memory)
  const memory = bytes === undefined ? undefined : bytes / gibibyte
  if (cpu === undefined && memory === undefined) return undefined
  const cores = quarters(cpu ?? (memory ?? 0) / 2)
  return withoutUndefined({ cpu: cores, memory: `${quarters(memory ?? cores * 2)}Gi` })
}

function quarters(amount: number): number {
  return Math.max(0.25, Math.ceil(amount * 4) / 4)
}

/** As Kubernetes writes them: `2`, `0.5`, `500m`. */
function coresOf(cpu: string | undefined): number | undefined {
  if (cpu === undefined) return undefined
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu)
}
