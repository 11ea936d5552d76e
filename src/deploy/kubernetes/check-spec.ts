import { renderProblems } from '../../config/problems.ts'
import { BentoError } from '../../errors.ts'
import type { DeploymentSpec } from '../spec.ts'

/** Throws DEPLOYMENT_INVALID for what only Kubernetes forbids: found here, it costs no half-applied deployment. */
export function checkSpec(spec: DeploymentSpec): void {
  const lines = [
    ...scalingProblems(spec),
    ...labelProblems(spec),
    ...envProblems(spec),
    ...tlsProblems(spec),
  ]
  if (lines.length === 0) return
  throw new BentoError(
    'DEPLOYMENT_INVALID',
    `"${spec.name}" on kubernetes has ${renderProblems(lines)}`,
    {
      hint: 'Correct each in the deployment.yaml, or by flags.',
    },
  )
}

function scalingProblems(spec: DeploymentSpec): string[] {
  const { min, max } = spec.scaling
  if (spec.kubernetes.keda !== undefined || max <= min) return []
  return [
    ...(min > 0 ? [] : ['Scaling from 0 needs kubernetes.keda → at scaling.min_replicas']),
    ...(!isScaledByCpu(spec) || hasCpu(spec) ? [] : [noCpu]),
  ]
}

const noCpu =
  'Scaling by CPU needs a CPU request: set resources.cpu of the service, or kubernetes.resources.requests.cpu → at scaling'

function isScaledByCpu({ scaling }: DeploymentSpec): boolean {
  const metrics = scaling.policy?.metrics ?? []
  return metrics.length === 0 || metrics.some(({ type }) => type === 'cpu')
}

function hasCpu({ resources, kubernetes }: DeploymentSpec): boolean {
  return (kubernetes.resources.requests?.cpu ?? resources.cpu) !== undefined
}

const labelKey =
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/

function labelProblems({ labels, kubernetes }: DeploymentSpec): string[] {
  const all = [
    ['labels', labels],
    ['kubernetes.pod_labels', kubernetes.pod_labels],
    ['kubernetes.node_selector', kubernetes.node_selector],
  ] as const
  return all.flatMap(([place, each]) =>
    Object.entries(each)
      .filter(([key, value]) => !labelKey.test(key) || !labelValue.test(value))
      .map(([key, value]) => `${JSON.stringify(`${key}=${value}`)} is no label → at ${place}`),
  )
}

const own = new Set(['BENTO_HOST', 'BENTO_PORT'])

function envProblems({ envs, secrets }: DeploymentSpec): string[] {
  const names = [
    ...envs.map(({ name }) => name),
    ...secrets.map((one) => ('env' in one ? one.env : '')),
  ]
  return names
    .filter((name) => name !== undefined && own.has(name))
    .map((name) => `${name} follows from kubernetes.port → at envs`)
}

function tlsProblems({ tls, metrics, kubernetes }: DeploymentSpec): string[] {
  const { startup, liveness, readiness } = kubernetes.probes
  const isProbed = [startup, liveness, readiness].some((probe) => probe !== false)
  if (!tls.asksClients || metrics.port !== undefined || !isProbed) return []
  return ['Probes have no certificate to show: set metrics.port, where none is asked → at ssl']
}
