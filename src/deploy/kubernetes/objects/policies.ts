import { withoutUndefined } from '../../../lib/without-undefined.ts'
import type { DeploymentSpec } from '../../spec.ts'
import { metadataOf, selectorOf } from '../labels.ts'
import { type KubernetesObject, unlessEmpty } from '../object.ts'

export function renderDisruptionBudget(spec: DeploymentSpec): KubernetesObject | undefined {
  const budget = spec.kubernetes.disruption_budget
  if (budget === undefined) return undefined
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(spec),
    spec: withoutUndefined({
      minAvailable: budget.min_available,
      maxUnavailable: budget.max_unavailable,
      selector: { matchLabels: selectorOf(spec.name) },
    }),
  }
}

/** Lets in only calls of the service's ports, from the peers that are named. */
export function renderNetworkPolicy(spec: DeploymentSpec): KubernetesObject | undefined {
  const policy = spec.kubernetes.network_policy
  if (policy === undefined) return undefined
  const metrics = spec.metrics.port === undefined ? [] : [{ protocol: 'TCP', port: 'metrics' }]
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(spec),
    spec: {
      podSelector: { matchLabels: selectorOf(spec.name) },
      policyTypes: ['Ingress'],
      ingress: [
        withoutUndefined({
          from: unlessEmpty(policy.from),
          ports: [{ protocol: 'TCP', port: 'http' }],
        }),
        ...(metrics.length === 0 ? [] : [{ ports: metrics }]),
      ],
    },
  }
}

export function renderServiceMonitor(spec: DeploymentSpec): KubernetesObject | undefined {
  const monitor = spec.kubernetes.service_monitor
  if (monitor === undefined) return undefined
  const metadata = metadataOf(spec)
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { ...metadata, labels: { ...monitor.labels, ...metadata.labels } },
    spec: {
      selector: { matchLabels: selectorOf(spec.name) },
      endpoints: [
        {
          port: spec.metrics.port === undefined ? 'http' : 'metrics',
          path: '/metrics',
          interval: `${monitor.interval_seconds}s`,
        },
      ],
    },
  }
}
