import { withoutUndefined } from '../../../lib/without-undefined.ts'
import type { DeploymentSpec } from '../../spec.ts'
import { metadataOf } from '../labels.ts'
import type { KubernetesObject } from '../object.ts'

const standardCpuPercent = 70
const standardConcurrency = 10

/** Whether something else than the Deployment says how many replicas there are. */
export function isAutoscaled({ scaling, kubernetes }: DeploymentSpec): boolean {
  return kubernetes.keda !== undefined || scaling.max > scaling.min
}

/** KEDA where it is asked for; a HorizontalPodAutoscaler where the number of replicas has a range; else none. */
export function renderAutoscaler(spec: DeploymentSpec): KubernetesObject | undefined {
  if (!isAutoscaled(spec)) return undefined
  return spec.kubernetes.keda === undefined ? renderHpa(spec) : renderScaledObject(spec)
}

function renderHpa(spec: DeploymentSpec): KubernetesObject {
  const { min, max } = spec.scaling
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadataOf(spec),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: spec.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: renderMetrics(spec),
      ...renderBehavior(spec),
    },
  }
}

function renderMetrics({ scaling }: DeploymentSpec): object[] {
  const asked = scaling.policy?.metrics ?? []
  const metrics = asked.length > 0 ? asked : [{ type: 'cpu', value: standardCpuPercent }]
  return metrics.map(({ type, value }) => ({
    type: 'Resource',
    resource: {
      name: type,
      target: { type: 'Utilization', averageUtilization: Math.round(value) },
    },
  }))
}

function renderBehavior({ scaling }: DeploymentSpec): object {
  const { policy } = scaling
  const scaleUp = renderDirection(policy?.scale_up_behavior, policy?.scale_up_stabilization_window)
  const scaleDown = renderDirection(
    policy?.scale_down_behavior,
    policy?.scale_down_stabilization_window,
  )
  const behavior = withoutUndefined({ scaleUp, scaleDown })
  return Object.keys(behavior).length === 0 ? {} : { behavior }
}

const behaviors = {
  fast: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  stable: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
  disabled: { selectPolicy: 'Disabled' },
} as const

function renderDirection(
  behavior: keyof typeof behaviors | undefined,
  window: number | undefined,
): object | undefined {
  if (behavior === undefined && window === undefined) return undefined
  return {
    ...(behavior === undefined ? {} : behaviors[behavior]),
    ...(window === undefined ? {} : { stabilizationWindowSeconds: window }),
  }
}

function renderScaledObject(spec: DeploymentSpec): KubernetesObject {
  const { keda } = spec.kubernetes
  const threshold = keda?.threshold ?? spec.concurrency ?? standardConcurrency
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: metadataOf(spec),
    spec: withoutUndefined({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: spec.name },
      minReplicaCount: spec.scaling.min,
      maxReplicaCount: spec.scaling.max,
      cooldownPeriod: keda?.cooldown_seconds,
      pollingInterval: keda?.polling_seconds,
      triggers: [
        {
          type: 'prometheus',
          metadata: {
            serverAddress: keda?.prometheus,
            query: renderQuery(spec),
            threshold: String(threshold),
          },
        },
      ],
    }),
  }
}

// The name is a DNS label, so that nothing in it can end the string.
function renderQuery({ name, metrics, kubernetes }: DeploymentSpec): string {
  const own = kubernetes.namespace === undefined ? '' : `namespace="${kubernetes.namespace}",`
  return `sum(${metrics.namespace}_request_in_progress{${own}service="${name}"})`
}
