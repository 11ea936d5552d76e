import { join } from 'node:path'
import type { ServeOptions } from '../../config/service-options.ts'
import { BentoError } from '../../errors.ts'
import { resolvePackage } from '../../lib/packages.ts'
import { packageMissing } from '../../models/runtimes/package-missing.ts'
import { loadRuntime } from '../../models/runtimes/registry.ts'
import { argumentsVariable } from '../../service/arguments.ts'
import type { ModelInfo } from '../../service/model-host.ts'
import { readBentoManifest } from '../../store/manifest-files.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import { assignGpus, countGpus } from '../gpus.ts'
import type { Plan } from '../plan.ts'
import { readPlan } from '../read-plan.ts'
import type { ServeInput } from '../serving.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'
import { bringModels, findModels, type Verified } from './bring-models.ts'
import { verifyModels } from './verify-models.ts'

/** A bento that can be served here: everything that can be checked before a worker starts has been. */
export interface Prepared {
  readonly path: string
  readonly manifest: BentoManifest
  /** By the tag that the service asks for. */
  readonly modelInfo: Readonly<Record<string, ModelInfo>>
  readonly options: ServeOptions
  /** Absent: HTTP without TLS. */
  readonly tls?: TlsSettings
  readonly plan: Plan
  readonly isDevelopment: boolean
  /** Declared environment variables that are not set: workers get the declared value. */
  readonly env: Readonly<Record<string, string>>
}

/** A bento whose options are known and whose models may not be here yet. */
export interface Checked {
  readonly manifest: BentoManifest
  readonly options: ServeOptions
  /** Absent: HTTP without TLS. */
  readonly tls?: TlsSettings
}

/** Throws CONFIG_INVALID, ENV_MISSING, PACKAGE_MISSING or MODEL_INVALID: one clear error instead of one from each worker. */
export async function prepare(input: ServeInput): Promise<Prepared> {
  const checked = await check(input)
  const { verified } = await findModels(checked.manifest.models, input)
  return finish(checked, { ...input, verified })
}

/** The part of `prepare` that needs no models. */
export async function check(input: ServeInput): Promise<Checked> {
  const { path, env } = input
  const manifest = await readBentoManifest(path)
  const { resolveServeOptions } = await import('../../config/service-options.ts')
  const { options } = await resolveServeOptions({
    service: manifest.service,
    decorator: manifest.config,
    env,
    flags: input.flags,
    apis: manifest.apis.map((api) => api.name),
  })
  requireEnvs(manifest, env)
  const roots = [join(path, 'dist'), ...input.packageRoots]
  await requirePackages(manifest, roots)
  if (options.tracing.exporterType !== undefined) {
    const { requireTracingPackages } = await import('../tracing/load-sdk.ts')
    requireTracingPackages(roots)
  }
  return { manifest: renamed(manifest, options), options, ...(await findTls(input, options)) }
}

/** Logs, metrics and headers call the service what the configuration calls it. */
function renamed(manifest: BentoManifest, { name, description }: ServeOptions): BentoManifest {
  return {
    ...manifest,
    service: name ?? manifest.service,
    description: description ?? manifest.description,
  }
}

/** The rest of `prepare`: brings the models that the bento was built without, and looks at all of them. */
export async function finish(
  checked: Checked,
  input: ServeInput & { readonly verified: Verified; readonly signal?: AbortSignal },
): Promise<Prepared> {
  const { options, tls } = checked
  const { path, env } = input
  const models = await bringModels(checked.manifest.models, input)
  const manifest = { ...checked.manifest, models }
  const modelInfo = await verifyModels(path, models, input.verified)
  const workers = input.flags.development ? 1 : options.workers
  const plan = await readPlan({ path, models, options: { ...options, workers } })
  const gpus = await findGpus(input, options)
  return {
    path,
    manifest,
    modelInfo,
    options,
    ...(tls && { tls }),
    plan,
    isDevelopment: input.flags.development === true,
    env: { ...declaredEnv(manifest, env), ...gpus },
  }
}

async function findTls({ say }: ServeInput, { ssl }: ServeOptions): Promise<{ tls?: TlsSettings }> {
  if (!ssl.enabled) return {}
  const { readTls } = await import('../tls/read-tls.ts')
  return { tls: await readTls(ssl, say) }
}

async function findGpus(
  { env, say }: ServeInput,
  { resources: { gpu = 0 }, workers }: ServeOptions,
): Promise<Readonly<Record<string, string>>> {
  if (gpu === 0) return {}
  const gpus = assignGpus({ gpu, workers, env, available: await countGpus() })
  if (gpus.note !== undefined) say(`Warning: ${gpus.note}`)
  return gpus.env
}

function requireEnvs(manifest: BentoManifest, env: ServeInput['env']): void {
  const missing = manifest.envs
    .filter(({ name, value, stage }) => stage !== 'build' && value === '' && !env[name])
    .map(({ name }) => name)
  if (missing.length === 0) return
  const names = missing.map((name) => `"${name}"`).join(', ')
  throw new BentoError('ENV_MISSING', `The environment lacks ${names}`, {
    hint: `Set ${missing.map((name) => `${name}=…`).join(' ')} and start again.`,
  })
}

function declaredEnv(manifest: BentoManifest, env: ServeInput['env']): Record<string, string> {
  const declared = manifest.envs.filter(
    ({ name, value, stage }) => stage !== 'build' && value !== '' && env[name] === undefined,
  )
  return {
    ...Object.fromEntries(declared.map(({ name, value }) => [name, value])),
    [argumentsVariable]: JSON.stringify(manifest.args),
  }
}

async function requirePackages(manifest: BentoManifest, roots: readonly string[]): Promise<void> {
  const names = new Set(manifest.models.map((model) => model.runtime))
  const runtimes = await Promise.all([...names].map(loadRuntime))
  for (const runtime of runtimes) {
    for (const name of runtime.packages) {
      if (resolvePackage(name, roots) === undefined) throw packageMissing(runtime.name, name)
    }
  }
}
