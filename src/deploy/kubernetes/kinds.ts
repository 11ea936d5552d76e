import type { KubernetesObject } from './object.ts'

/** Every kind that can be rendered, and with it all that pruning and deleting look for. */
const kinds: Readonly<Record<string, { readonly apiVersion: string; readonly plural: string }>> = {
  Service: { apiVersion: 'v1', plural: 'services' },
  NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', plural: 'networkpolicies' },
  PodDisruptionBudget: { apiVersion: 'policy/v1', plural: 'poddisruptionbudgets' },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments' },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers' },
  ScaledObject: { apiVersion: 'keda.sh/v1alpha1', plural: 'scaledobjects' },
  Ingress: { apiVersion: 'networking.k8s.io/v1', plural: 'ingresses' },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'httproutes' },
  ServiceMonitor: { apiVersion: 'monitoring.coreos.com/v1', plural: 'servicemonitors' },
}

export const kindNames: readonly string[] = Object.keys(kinds)

/** Path of a collection in a namespace; without one, over all namespaces. */
export function collectionPath(kind: string, namespace?: string): string {
  const { apiVersion, plural } = kinds[kind] ?? { apiVersion: 'v1', plural: kind }
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${group}${place}/${plural}`
}

export function pathOf({ kind, metadata }: KubernetesObject, namespace: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(metadata.name)}`
}
