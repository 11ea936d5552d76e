import { BentoError } from '../../errors.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import type { DeploymentSpec } from '../spec.ts'
import type { RenderedFile } from '../target.ts'

/** The deployment as the API of BentoCloud takes it; its name and cluster are in the address. */
export function renderDeployment(spec: DeploymentSpec): object {
  const { bento, service, scaling, instanceType, bentocloud } = spec
  if (bento === undefined || service === undefined) {
    throw new BentoError('DEPLOYMENT_INVALID', `"${spec.name}" names no bento`, {
      hint: 'BentoCloud makes the image of a bento itself: name the bento, and no image.',
    })
  }
  const { min: min_replicas, max: max_replicas, policy } = scaling
  return {
    bento,
    access_authorization: bentocloud.access_authorization,
    envs: spec.envs,
    labels: Object.entries(spec.labels).map(([key, value]) => ({ key, value })),
    secrets: spec.secrets.map(({ name }) => name),
    services: {
      [service]: withoutUndefined({
        instance_type: instanceType,
        scaling: withoutUndefined({ min_replicas, max_replicas, policy }),
        deployment_strategy: spec.strategy,
      }),
    },
  }
}

export async function renderFiles(spec: DeploymentSpec): Promise<RenderedFile[]> {
  const { stringify } = await import('yaml')
  const text = stringify({ name: spec.name, ...renderDeployment(spec) })
  return [{ path: 'bentocloud.yaml', text }]
}
