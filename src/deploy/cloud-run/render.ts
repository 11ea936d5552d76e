import { BentoError } from '../../errors.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import { requireImage } from '../image.ts'
import type { DeploymentSpec } from '../spec.ts'
import type { RenderedFile } from '../target.ts'

const port = 3000
const longestSeconds = 3600
const mostRequests = 1000

/** The service as the API of Cloud Run (v2) reads it; where its traffic goes is not in here. */
export function renderService(spec: DeploymentSpec): object {
  requirePossible(spec)
  const { cloud_run: options, bento } = spec
  return {
    labels: { ...lowerCase(spec.labels), 'managed-by': 'bento' },
    annotations: withoutUndefined({ 'bentojs/bento': bento }),
    ingress: `INGRESS_TRAFFIC_${ingresses[options.ingress]}`,
    invokerIamDisabled: options.public,
    template: withoutUndefined({
      annotations: withoutUndefined({ 'bentojs/bento': bento }),
      scaling: { minInstanceCount: spec.scaling.min, maxInstanceCount: spec.scaling.max },
      timeout: `${Math.ceil(spec.timeout)}s`,
      serviceAccount: options.service_account,
      maxInstanceRequestConcurrency: spec.concurrency,
      nodeSelector:
        spec.resources.gpu === undefined ? undefined : { accelerator: options.gpu_type },
      containers: [renderContainer(spec)],
    }),
  }
}

const ingresses = {
  all: 'ALL',
  internal: 'INTERNAL_ONLY',
  'internal-and-load-balancer': 'INTERNAL_LOAD_BALANCER',
} as const

function renderContainer(spec: DeploymentSpec): object {
  const { cpu, memory, gpu } = spec.resources
  const limits = withoutUndefined({
    cpu,
    memory,
    'nvidia.com/gpu': gpu === undefined ? undefined : String(gpu),
  })
  return {
    image: requireImage(spec),
    ports: [{ containerPort: port }],
    env: [...spec.envs, ...spec.secrets.map(renderSecret)],
    resources: {
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      startupCpuBoost: spec.cloud_run.cpu_boost,
    },
    // Cloud Run waits 240 s at most for the models to load.
    startupProbe: { httpGet: { path: '/readyz', port }, periodSeconds: 5, failureThreshold: 48 },
    livenessProbe: { httpGet: { path: '/livez', port }, periodSeconds: 10 },
  }
}

/** A secret of Secret Manager: `key` is its version. */
function renderSecret(secret: DeploymentSpec['secrets'][number]): object {
  const { key = 'latest', env = secret.name } = { key: undefined, env: undefined, ...secret }
  return { name: env, valueSource: { secretKeyRef: { secret: secret.name, version: key } } }
}

function lowerCase(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]),
  )
}

function requirePossible({ name, timeout, concurrency = 1 }: DeploymentSpec): void {
  const problem =
    [
      [timeout > longestSeconds, `A request may take ${longestSeconds} s on Cloud Run`],
      [concurrency > mostRequests, `An instance may have ${mostRequests} requests on Cloud Run`],
      [name.length > 49, 'The name of a service of Cloud Run has at most 49 characters'],
    ].find(([isWrong]) => isWrong === true)?.[1] ?? ''
  if (problem === '') return
  throw new BentoError('DEPLOYMENT_INVALID', `"${name}": ${String(problem)}`, {
    hint: 'Correct it in the deployment.yaml, or with config_overrides.',
  })
}

export async function renderFiles(spec: DeploymentSpec): Promise<RenderedFile[]> {
  const text = `${JSON.stringify(renderService(spec), null, 2)}\n`
  return [{ path: 'service.json', text }]
}
