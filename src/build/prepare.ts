import { join } from 'node:path'
import { env as processEnv } from 'node:process'
import type { Bentofile } from '../config/bentofile.ts'
import { readProfiles } from '../config/profile-file.ts'
import { resolveServeOptions } from '../config/service-options.ts'
import { BentoError } from '../errors.ts'
import { toSnakeCase } from '../lib/snake-case.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import { argumentsVariable } from '../service/arguments.ts'
import type { ServiceDescription } from '../service/describe.ts'
import type { BentoEnv, BentoManifest, BentoModel } from '../store/manifest.ts'
import type { ModelStore } from '../store/model-store.ts'
import { parseName } from '../store/tag.ts'
import type { BentoLock } from './bento-lock.ts'
import { type Bundle, bundle } from './bundle.ts'
import { startDescriber } from './describe.ts'
import { findModels, type WantedModel } from './find-models.ts'
import { imageOf } from './image-of.ts'
import { copyDocsPage, readOwnPackage } from './own-package.ts'
import type { ProjectTarget } from './target.ts'

export interface PrepareInput {
  readonly project: ProjectTarget
  readonly models: ModelStore
  /** Becomes a bento's folder. */
  readonly path: string
  /** Where the project's files will be for who reads a stack. */
  readonly sourceRoot: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Win over those of the bentofile. */
  readonly args?: Readonly<Record<string, string>>
  /** Tags of models stand for what they were when it was written. */
  readonly frozen?: BentoLock
  /** Brings a model from a remote into the store. */
  readonly pullModel?: (url: string) => Promise<unknown>
  readonly report: (line: string) => void
  /** Where a bundle is kept for the next time; absent: nowhere. */
  readonly cache?: string | undefined
}

export interface Prepared {
  readonly bundle: Bundle
  readonly description: ServiceDescription
  readonly models: readonly WantedModel[]
  readonly envs: readonly BentoEnv[]
  readonly args: Readonly<Record<string, string>>
}

/** What serving a project and building it share: the bundle, and what the service says of itself. */
export async function prepare(input: PrepareInput): Promise<Prepared> {
  const { project } = input
  const { bentofile } = project.bentofile ?? {}
  const args = { ...bentofile?.args, ...input.args }
  const env = buildEnv(input.env, { args, bentofile })
  const { bundled, description } = await bundleAndDescribe(input, env)
  const envs = await checkOptions(description, bentofile)
  const models = await findModels({
    ...input,
    asked: description.models,
    listed: bentofile?.models,
  })
  return { bundle: bundled, description, models, envs, args }
}

async function bundleAndDescribe(
  { project, path, sourceRoot, cache, report }: PrepareInput,
  env: NonNullable<PrepareInput['env']>,
): Promise<{ bundled: Bundle; description: ServiceDescription }> {
  const { context, module, attr } = project
  const { native = [], packages = [] } = project.bentofile?.bentofile.node ?? {}
  const describer = startDescriber({ context, module, sourceRoot, env })
  try {
    report('bundling')
    const outDir = join(path, 'dist')
    const bundled = await bundle({ context, module, attr, outDir, sourceRoot, native, cache })
    for (const warning of bundled.warnings) report(`warning: ${warning}`)
    for (const name of native.filter((one) => !bundled.externals.includes(one))) {
      report(`warning: node.native names "${name}", which the service does not import`)
    }
    report('describing the service')
    const hasPackages = bundled.externals.length + packages.length > 0
    const [description] = await Promise.all([
      describer.describe({ path, hasPackages }),
      copyDocsPage(outDir),
    ])
    return { bundled, description }
  } finally {
    describer.stop()
  }
}

/** The service is imported with its arguments, and with the variables of the build that nobody has set already. */
function buildEnv(
  env: PrepareInput['env'] = processEnv,
  {
    args,
    bentofile,
  }: { args: Readonly<Record<string, string>>; bentofile?: Bentofile | undefined },
): NonNullable<PrepareInput['env']> {
  const wanted = (bentofile?.envs ?? []).filter(({ stage, value }) => stage !== 'runtime' && value)
  const declared = Object.fromEntries(wanted.map(({ name, value }) => [name, value]))
  return { ...declared, ...env, [argumentsVariable]: JSON.stringify(args) }
}

/** Checks the options of `@service` now rather than when the bento starts. Returns all declared variables. */
async function checkOptions(
  { name, options, apis }: ServiceDescription,
  bentofile: Bentofile | undefined,
): Promise<BentoEnv[]> {
  const sources = {
    service: name,
    decorator: options,
    env: {},
    flags: {},
    apis: apis.map((api) => api.name),
  }
  const resolved = await resolveServeOptions(sources)
  const own = bentofile?.envs ?? []
  const others = resolved.options.envs.filter((env) => own.every((one) => one.name !== env.name))
  return [...own, ...others]
}

export interface ManifestInput {
  readonly project: ProjectTarget
  readonly prepared: Prepared
  readonly models: readonly BentoModel[]
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly platform?: string
}

/** bento.yaml but for the version. Of labels, the last of `@service`, bentofile and flags wins. */
export async function renderManifest(
  input: ManifestInput,
): Promise<Omit<BentoManifest, 'version'>> {
  const { description, envs, args } = input.prepared
  const { bentofile, description: text } = input.project.bentofile ?? {}
  const own = await readOwnPackage()
  const profiles = await readProfiles(input.project.context)
  return {
    format: 1,
    name: bentoName(input.name ?? bentofile?.name, description.name),
    service: description.name,
    bento_version: own.version,
    description: text ?? description.description,
    labels: { ...labelsOf(description.options), ...bentofile?.labels, ...input.labels },
    apis: description.apis.map((api) => ({
      name: api.name,
      route: api.route,
      batchable: api.batchable,
      max_batch_size: api.maxBatchSize,
      max_latency_ms: api.maxLatencyMs,
      ...(api.batchable && withoutUndefined({ profile: profiles?.methods[api.name] })),
    })),
    models: input.models,
    envs,
    args,
    image: imageOf(input.project, description, input.platform),
    config: description.options,
  }
}

function bentoName(wanted: string | undefined, service: string): string {
  try {
    return parseName(wanted ?? toSnakeCase(service))
  } catch (cause) {
    if (wanted !== undefined) throw cause
    throw new BentoError('SERVICE_INVALID', `The service's name "${service}" cannot name a bento`, {
      hint: 'Set `name` in bentofile.yaml, or in `@service`.',
      cause,
    })
  }
}

function labelsOf({ labels }: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = typeof labels === 'object' && labels !== null ? Object.entries(labels) : []
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
}
