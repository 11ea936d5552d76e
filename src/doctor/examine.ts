import type { Check, Finding, Place, Severity } from './check.ts'
import { clients } from './checks/clients.ts'
import { clouds } from './checks/clouds.ts'
import { cpu } from './checks/cpu.ts'
import { disk } from './checks/disk.ts'
import { docker } from './checks/docker.ts'
import { kubernetes } from './checks/kubernetes.ts'
import { memory } from './checks/memory.ts'
import { models } from './checks/models.ts'
import { node } from './checks/node.ts'
import { port } from './checks/port.ts'
import { registries } from './checks/registries.ts'
import { runtimes } from './checks/runtimes.ts'
import { schema } from './checks/schema.ts'
import { service } from './checks/service.ts'
import { fromError } from './from-error.ts'

// One line for each check, in the order in which they are shown.
const checks: readonly Check[] = [
  node,
  cpu,
  memory,
  disk,
  port,
  service,
  models,
  runtimes,
  schema,
  clients,
  docker,
  registries,
  kubernetes,
  clouds,
]

export interface Examined {
  readonly check: string
  readonly severity: Severity
  readonly message: string
  readonly remedy?: string
}

/** Runs all checks at once; one that fails itself is a finding like any other. */
export async function examine(place: Place): Promise<Examined[]> {
  const found = await Promise.all(checks.map((check) => findingsOf(check, place)))
  return found.flat()
}

async function findingsOf(check: Check, place: Place): Promise<Examined[]> {
  const findings = await check
    .run(place)
    .catch((thrown: unknown) => [fromError(thrown, 'error', 'Report this: the check has failed.')])
  return findings.map((finding) => nameFinding(check.name, finding))
}

function nameFinding(check: string, { severity, message, remedy }: Finding): Examined {
  return { check, severity, message, ...(remedy === undefined ? {} : { remedy }) }
}
