import { withoutUndefined } from '../../../lib/without-undefined.ts'
import type { DeploymentSpec } from '../../spec.ts'
import { metadataOf, selectorOf } from '../labels.ts'
import type { KubernetesObject } from '../object.ts'

export function renderService(spec: DeploymentSpec): KubernetesObject {
  const { service } = spec.kubernetes
  const metrics = spec.metrics.port
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(spec, service.annotations),
    spec: {
      type: service.type,
      selector: selectorOf(spec.name),
      ports: [
        withoutUndefined({
          name: 'http',
          protocol: 'TCP',
          port: service.port,
          targetPort: 'http',
          nodePort: service.node_port,
        }),
        ...(metrics === undefined
          ? []
          : [{ name: 'metrics', protocol: 'TCP', port: metrics, targetPort: 'metrics' }]),
      ],
    },
  }
}
