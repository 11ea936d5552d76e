import { withoutUndefined } from '../../../lib/without-undefined.ts'
import type { DeploymentSpec } from '../../spec.ts'
import { metadataOf } from '../labels.ts'
import { type KubernetesObject, unlessEmpty } from '../object.ts'

export function renderIngress(spec: DeploymentSpec): KubernetesObject | undefined {
  const { ingress } = spec.kubernetes
  if (ingress === undefined) return undefined
  const { host, path, tls_secret: secretName } = ingress
  const backend = { service: { name: spec.name, port: { name: 'http' } } }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf(spec, ingress.annotations),
    spec: withoutUndefined({
      ingressClassName: ingress.class,
      tls: secretName === undefined ? undefined : [{ hosts: [host], secretName }],
      rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend }] } }],
    }),
  }
}

export function renderHttpRoute(spec: DeploymentSpec): KubernetesObject | undefined {
  const { gateway, service } = spec.kubernetes
  if (gateway === undefined) return undefined
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadataOf(spec),
    spec: withoutUndefined({
      parentRefs: [
        withoutUndefined({
          name: gateway.name,
          namespace: gateway.namespace,
          sectionName: gateway.section,
        }),
      ],
      hostnames: unlessEmpty(gateway.hosts),
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: gateway.path } }],
          backendRefs: [{ name: spec.name, port: service.port }],
        },
      ],
    }),
  }
}
