import { BentoError } from '../../errors.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import { requireImage } from '../image.ts'
import type { DeploymentSpec } from '../spec.ts'
import type { RenderedFile } from '../target.ts'
import { renderResources } from './resources.ts'

const port = 3000
const longestRequest = 240
const longestGrace = 600
const probes = 10

/** Under this name a registry's password is kept with the app. */
export const passwordSecret = 'registry-password'

/** The app as Azure's resource manager reads it; its environment, place and traffic are not in here, nor any password. */
export function renderApp(spec: DeploymentSpec): object {
  requirePossible(spec)
  const { azure, bento, labels } = spec
  return withoutUndefined({
    tags: { ...labels, 'managed-by': 'bento', ...(bento !== undefined && { bento }) },
    identity: renderIdentity(azure),
    properties: withoutUndefined({
      workloadProfileName: azure.workload_profile,
      configuration: renderConfiguration(spec),
      template: {
        terminationGracePeriodSeconds: Math.min(Math.ceil(spec.timeout) + 10, longestGrace),
        containers: [renderContainer(spec)],
        scale: renderScale(spec),
      },
    }),
  })
}

function renderIdentity({ identity }: DeploymentSpec['azure']): object | undefined {
  if (identity === undefined) return undefined
  if (identity === 'system') return { type: 'SystemAssigned' }
  return { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } }
}

function renderConfiguration({ azure, secrets }: DeploymentSpec): object {
  const { registry, identity, key_vault: vault = '' } = azure
  const password = registry?.password_env === undefined ? [] : [{ name: passwordSecret }]
  return {
    // Several revisions side by side: a new one gets no request before it is ready.
    activeRevisionsMode: 'Multiple',
    ingress: {
      external: azure.ingress === 'external',
      targetPort: port,
      transport: 'auto',
      allowInsecure: false,
    },
    registries: registry === undefined ? [] : [renderRegistry(registry, identity)],
    secrets: [
      ...password,
      ...secrets.map(({ name }) => ({
        name: name.toLowerCase(),
        keyVaultUrl: `${vault.replace(/\/$/, '')}/secrets/${name}`,
        identity,
      })),
    ],
  }
}

function renderRegistry(
  { server, username }: NonNullable<DeploymentSpec['azure']['registry']>,
  identity: string | undefined,
): object {
  if (username === undefined) return withoutUndefined({ server, identity })
  return { server, username, passwordSecretRef: passwordSecret }
}

function renderContainer(spec: DeploymentSpec): object {
  const { azure, envs, secrets } = spec
  return withoutUndefined({
    name: 'bento',
    image: requireImage(spec),
    env: [...envs, ...secrets.map(renderSecret)],
    resources: renderResources(spec),
    probes: [
      // Ten failures are the most that Azure allows.
      probe('Startup', '/readyz', {
        periodSeconds: Math.ceil(azure.startup_seconds / probes),
        failureThreshold: probes,
      }),
      probe('Readiness', '/readyz', { periodSeconds: 5, failureThreshold: 3 }),
      probe('Liveness', '/livez', { periodSeconds: 10, failureThreshold: 3 }),
    ],
  })
}

function probe(type: string, path: string, more: object): object {
  return { type, httpGet: { path, port }, ...more }
}

function renderSecret(secret: DeploymentSpec['secrets'][number]): object {
  const env = 'env' in secret && secret.env !== undefined ? secret.env : secret.name
  return { name: env, secretRef: secret.name.toLowerCase() }
}

function renderScale({ scaling, concurrency }: DeploymentSpec): object {
  const http = { metadata: { concurrentRequests: String(concurrency) } }
  const metrics = (scaling.policy?.metrics ?? []).map(({ type, value }) => ({
    name: type,
    custom: { type, metadata: { type: 'Utilization', value: String(value) } },
  }))
  const rules = [...(concurrency === undefined ? [] : [{ name: 'http', http }]), ...metrics]
  return { minReplicas: scaling.min, maxReplicas: scaling.max, rules }
}

function requirePossible({ name, timeout, secrets, resources, azure }: DeploymentSpec): void {
  const { key_vault: vault, identity, registry, workload_profile: profile } = azure
  const hasPassword = registry?.username !== undefined
  const checks: readonly (readonly [boolean, string])[] = [
    [timeout > longestRequest, `a request may take ${longestRequest} s there`],
    [name.length > 32, 'the name of an app has at most 32 characters'],
    [
      secrets.length > 0 && vault === undefined,
      'name the Key Vault of its secrets at azure.key_vault',
    ],
    [
      secrets.length > 0 && identity === undefined,
      'secrets need azure.identity, which may read them',
    ],
    [
      registry !== undefined && !hasPassword && identity === undefined,
      'azure.registry needs a username, or azure.identity',
    ],
    [resources.gpu !== undefined && profile === undefined, 'GPUs need azure.workload_profile'],
    [
      secrets.some((secret) => 'path' in secret && secret.path !== undefined),
      'secrets as files are not for Container Apps',
    ],
  ]
  const problem = checks.find(([isWrong]) => isWrong)?.[1]
  if (problem === undefined) return
  throw new BentoError('DEPLOYMENT_INVALID', `"${name}" cannot run on Azure: ${problem}`, {
    hint: 'Correct it in the deployment.yaml, or with --set.',
  })
}

export async function renderFiles(spec: DeploymentSpec): Promise<RenderedFile[]> {
  return [{ path: 'containerapp.json', text: `${JSON.stringify(renderApp(spec), null, 2)}\n` }]
}
