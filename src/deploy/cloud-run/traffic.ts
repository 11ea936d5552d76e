import type { DeploymentSpec } from '../spec.ts'

const latest = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST'
const revision = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION'

/** Where requests go: all to the newest revision, or a part, while the rest stays with the one that runs. */
export function renderTraffic(
  { cloud_run: { traffic } }: Pick<DeploymentSpec, 'cloud_run'>,
  running: string,
): readonly object[] {
  if (traffic === 100 || running === '') return [{ type: latest, percent: 100 }]
  return [
    { type: revision, revision: running, percent: 100 - traffic },
    { type: latest, percent: traffic },
  ]
}

export function allTo(name: string): readonly object[] {
  return [{ type: revision, revision: name, percent: 100 }]
}
