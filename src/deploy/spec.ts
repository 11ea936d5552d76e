import { resolveServeOptions, type ServeOptions } from '../config/service-options.ts'
import { BentoError } from '../errors.ts'
import { isRecord } from '../lib/records.ts'
import { closest } from '../lib/suggest.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { AzureOptions } from './azure/options.ts'
import type { BentoCloudOptions } from './bentocloud/options.ts'
import type { CloudRunOptions } from './cloud-run/options.ts'
import type { Deployment, Secret, Strategy } from './deployment-schema.ts'
import { checkImage } from './image.ts'
import type { KubernetesOptions } from './kubernetes/options.ts'
import type { LambdaOptions } from './lambda/options.ts'

/** A deployment with everything decided that is the same on every target. */
export interface DeploymentSpec {
  readonly name: string
  /** Tag of the bento, where one was named. */
  readonly bento: string | undefined
  /** Name of the bento's service. */
  readonly service: string | undefined
  /** Absent: the target makes one of the bento, or says that it needs one. */
  readonly image: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly envs: readonly Env[]
  readonly secrets: readonly Secret[]
  readonly scaling: Scaling
  readonly strategy: Strategy
  /** Of BentoCloud. */
  readonly instanceType: string | undefined
  readonly resources: { readonly cpu?: string; readonly memory?: string; readonly gpu?: number }
  /** Seconds that one request may take. */
  readonly timeout: number
  /** What an autoscaler aims at, in requests under way for each replica. */
  readonly concurrency: number | undefined
  readonly metrics: { readonly namespace: string; readonly port: number | undefined }
  /** It answers HTTPS; `asksClients`: to those alone that have a certificate. */
  readonly tls: { readonly isOn: boolean; readonly asksClients: boolean }
  readonly kubernetes: KubernetesOptions
  readonly lambda: LambdaOptions
  readonly cloud_run: CloudRunOptions
  readonly azure: AzureOptions
  readonly bentocloud: BentoCloudOptions
}

interface Env {
  readonly name: string
  readonly value: string
}

interface Scaling {
  readonly min: number
  readonly max: number
  readonly policy: NonNullable<Deployment['scaling']>['policy']
}

/** Puts what was written together with what the bento says. Touches nothing outside. */
export async function resolveSpec(
  deployment: Deployment,
  manifest?: BentoManifest,
): Promise<DeploymentSpec> {
  checkImage(deployment.image)
  const block = blockOf(deployment, manifest?.service)
  const envs = [...envsOf(deployment, block.envs), ...overridesOf(block)]
  requireEnvs(envs, deployment, manifest)
  const { options } = await resolveServeOptions({
    service: manifest?.service ?? '',
    decorator: manifest?.config ?? {},
    env: Object.fromEntries(envs.map(({ name, value }) => [name, value])),
    flags: {},
  })
  return {
    name: nameOf(deployment, manifest),
    bento: manifest === undefined ? undefined : `${manifest.name}:${manifest.version}`,
    service: manifest?.service,
    image: deployment.image,
    labels: Object.fromEntries(deployment.labels.map(({ key, value }) => [key, value])),
    envs,
    secrets: deployment.secrets,
    scaling: scalingOf(block.scaling),
    strategy: block.deployment_strategy ?? 'RollingUpdate',
    instanceType: block.instance_type,
    resources: resourcesOf(options.resources),
    timeout: options.traffic.timeout,
    concurrency: options.traffic.concurrency,
    metrics: { namespace: options.metrics.namespace, port: options.metrics.port },
    tls: { isOn: options.ssl.enabled, asksClients: options.ssl.certReqs === 2 },
    kubernetes: deployment.kubernetes,
    lambda: deployment.lambda,
    cloud_run: deployment.cloud_run,
    azure: deployment.azure,
    bentocloud: deployment.bentocloud,
  }
}

function resourcesOf({ cpu, memory, gpu }: ServeOptions['resources']): DeploymentSpec['resources'] {
  return {
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory: String(memory) }),
    ...(gpu === undefined || gpu === 0 ? {} : { gpu }),
  }
}

function overridesOf({ config_overrides: overrides }: Block): Env[] {
  if (overrides === undefined) return []
  return [{ name: 'BENTO_CONFIG_OVERRIDES', value: JSON.stringify(overrides) }]
}

type Block = Pick<
  Deployment,
  'scaling' | 'deployment_strategy' | 'instance_type' | 'config_overrides' | 'envs'
>

/** What is said for all services, and over it what is said for this one. */
function blockOf(deployment: Deployment, service: string | undefined): Block {
  const [[name, own] = [], ...others] = Object.entries(deployment.services)
  if (own === undefined) return { ...pick(deployment), envs: [] }
  const stranger = name === service || service === undefined ? others[0]?.[0] : name
  if (stranger !== undefined) throw unknownService(stranger, service)
  return {
    ...pick(deployment),
    ...withoutUndefined(pick(own)),
    config_overrides: mergeOptional(deployment.config_overrides, own.config_overrides),
    envs: own.envs,
  }
}

function pick({
  scaling,
  deployment_strategy,
  instance_type,
  config_overrides,
}: Omit<Block, 'envs'>): Omit<Block, 'envs'> {
  return { scaling, deployment_strategy, instance_type, config_overrides }
}

function mergeOptional(base: Overrides, over: Overrides): Overrides {
  return base === undefined || over === undefined ? (over ?? base) : mergeRecords(base, over)
}

type Overrides = Deployment['config_overrides']

function unknownService(name: string, service: string | undefined): BentoError {
  const known = service ?? ''
  const guess = closest(name, [known])
  return new BentoError('DEPLOYMENT_INVALID', `The bento has no service "${name}"`, {
    hint:
      guess === undefined && service === undefined
        ? 'Name one service, or the bento that has them.'
        : `Write it as ${known} below services.`,
  })
}

function mergeRecords(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key]
    merged[key] = isRecord(before) && isRecord(value) ? mergeRecords(before, value) : value
  }
  return merged
}

function envsOf(deployment: Deployment, own: Deployment['envs']): Env[] {
  const all = [...deployment.envs, ...own].filter(({ stage }) => stage !== 'build')
  return [...new Map(all.map(({ name, value }) => [name, value]))].map(([name, value]) => ({
    name,
    value,
  }))
}

/** A secret may hold any variable, so that with one nothing can be called missing. */
function requireEnvs(
  envs: readonly Env[],
  { secrets }: Deployment,
  manifest: BentoManifest | undefined,
): void {
  const given = new Set([...envs.map(({ name }) => name), ...secrets.map(envOf)])
  if (secrets.some((secret) => !('env' in secret) || secret.env === undefined)) return
  const missing = (manifest?.envs ?? [])
    .filter(({ name, value, stage }) => stage !== 'build' && value === '' && !given.has(name))
    .map(({ name }) => name)
  if (missing.length === 0) return
  throw new BentoError('ENV_MISSING', `The service needs ${missing.join(', ')}`, {
    hint: `Give each with --env ${missing[0]}=…, or name a secret that holds it with --secret.`,
  })
}

function envOf(secret: Secret): string | undefined {
  return 'env' in secret ? secret.env : undefined
}

/** As BentoML fills it up: one replica unless something says otherwise. */
function scalingOf(scaling: Deployment['scaling']): Scaling {
  const min = scaling?.min_replicas ?? Math.min(1, scaling?.max_replicas ?? 1)
  return { min, max: scaling?.max_replicas ?? Math.max(min, 1), policy: scaling?.policy }
}

function nameOf({ name }: Deployment, manifest: BentoManifest | undefined): string {
  if (name !== undefined) return name
  const made = manifest?.name.replaceAll(/[^a-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '')
  if (made !== undefined && made !== '') return made
  throw new BentoError('DEPLOYMENT_INVALID', 'The deployment has no name', {
    hint: 'Name it with --name iris, or with `name: iris` in its deployment.yaml.',
  })
}
