import { withoutUndefined } from '../../../lib/without-undefined.ts'
import { requireImage } from '../../image.ts'
import type { DeploymentSpec } from '../../spec.ts'
import { unlessEmpty } from '../object.ts'
import { renderProbes } from './probes.ts'
import { isMount, mountsOf } from './secrets.ts'

/** The one container, which may write nothing but /tmp. */
export function renderContainer(spec: DeploymentSpec): object {
  const { kubernetes, metrics } = spec
  const metricsPort =
    metrics.port === undefined
      ? []
      : [{ name: 'metrics', containerPort: metrics.port, protocol: 'TCP' }]
  return withoutUndefined({
    name: 'bento',
    image: requireImage(spec),
    imagePullPolicy: kubernetes.image_pull_policy,
    ports: [{ name: 'http', containerPort: kubernetes.port, protocol: 'TCP' }, ...metricsPort],
    env: renderEnv(spec),
    envFrom: unlessEmpty(
      spec.secrets
        .filter((secret) => !('env' in secret && secret.env !== undefined) && !isMount(secret))
        .map(({ name }) => ({ secretRef: { name } })),
    ),
    resources: unlessEmpty(renderResources(spec)),
    ...renderProbes(spec),
    // While it sleeps the pod is taken off the load balancers, and still answers what they send.
    lifecycle:
      kubernetes.pre_stop_seconds === 0
        ? undefined
        : { preStop: { sleep: { seconds: kubernetes.pre_stop_seconds } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...mountsOf(spec.secrets)],
  })
}

function renderEnv({ envs, secrets, kubernetes }: DeploymentSpec): object[] {
  const own = [
    { name: 'BENTO_HOST', value: '0.0.0.0' },
    { name: 'BENTO_PORT', value: String(kubernetes.port) },
  ]
  const references = secrets.flatMap((secret) =>
    'env' in secret && secret.env !== undefined
      ? [{ name: secret.env, valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } } }]
      : [],
  )
  // The list is keyed by name: a second entry of one name would be refused.
  const all = new Map<string, object>()
  for (const env of [...envs, ...references, ...own]) all.set(env.name, env)
  return [...all.values()]
}

/**
 * The service plans its threads from the CPU quota of its cgroup, so that without a limit it would plan for the whole
 * node: what it asks for is its limit too, unless a limit is given.
 */
function renderResources({ resources, kubernetes }: DeploymentSpec): Record<string, object> {
  const asked = withoutUndefined({ cpu: resources.cpu, memory: resources.memory })
  const requests = { ...asked, ...toKubernetes(kubernetes.resources.requests) }
  const gpus = kubernetes.gpus ?? resources.gpu
  const limits = {
    ...requests,
    ...toKubernetes(kubernetes.resources.limits),
    ...(gpus === undefined ? {} : { [kubernetes.gpu_resource]: String(gpus) }),
  }
  return {
    ...(unlessEmpty(requests) && { requests }),
    ...(unlessEmpty(limits) && { limits }),
  }
}

type Amounts = NonNullable<DeploymentSpec['kubernetes']['resources']['requests']>

function toKubernetes(amounts: Amounts = {}): Record<string, string> {
  return withoutUndefined({
    cpu: amounts.cpu,
    memory: amounts.memory,
    'ephemeral-storage': amounts.ephemeral_storage,
  })
}
