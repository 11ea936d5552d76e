import { isDeepStrictEqual } from 'node:util'
import type { Env } from '../../aws/credentials.ts'
import { BentoError } from '../../errors.ts'
import { textAt, valueAt } from '../../lib/records.ts'
import type { AwsApi } from '../aws/api.ts'
import type { DeploymentSpec } from '../spec.ts'
import type { ApplyOptions, ImageSource } from '../target.ts'
import {
  configOf,
  type FunctionConfig,
  liveConfig,
  renderDescription,
  renderSettings,
} from './function-config.ts'
import type { Functions } from './functions.ts'
import { liveAlias } from './live-alias.ts'
import { makeZip } from './make-zip.ts'
import { keepLive, urlOf } from './plan.ts'
import { publishImage } from './publish-image.ts'
import { renderUrl } from './render.ts'
import { requireRole } from './role.ts'
import { isOurs } from './status.ts'
import { requireGoing, untilSettled } from './wait.ts'

export interface LambdaSetting extends ApplyOptions {
  readonly api: AwsApi
  readonly functions: Functions
  readonly env: Env
  readonly cwd: string
  readonly report: (step: string) => void
  readonly signal?: AbortSignal
}

export interface AppliedFunction {
  readonly revision: number
  readonly changed: readonly string[]
}

/**
 * Code, settings, version, alias, URL: in this order, so that callers get the new version only when it stands whole.
 * Each step looks at what is there: what an interrupted apply left, the next one finishes.
 */
export async function applyFunction(
  spec: DeploymentSpec,
  setting: LambdaSetting,
): Promise<AppliedFunction> {
  const { functions, report, force } = setting
  const { name } = spec
  report(`Looking for ${name} on Lambda`)
  const found = await functions.find(name)
  if (found !== undefined && !force && !isOurs(valueAt(found, 'Configuration'))) throw notOurs(name)
  const changed: string[] = []
  if (await applyCode(spec, found, setting)) changed.push(`Function/${name}`)
  requireGoing(setting.signal)
  const { revision, isMoved } = await applyAlias(spec, setting)
  if (isMoved) changed.push(`Alias/${liveAlias}`)
  if (await applyUrl(spec, functions)) changed.push(`Url/${liveAlias}`)
  return { revision, changed }
}

function notOurs(name: string): BentoError {
  return new BentoError('DEPLOY_CONFLICT', `Function/${name} is there already, and not bento's`, {
    hint: 'Choose another --name, or take it over with --force.',
  })
}

/** Whether anything changed. */
async function applyCode(
  spec: DeploymentSpec,
  found: unknown,
  setting: LambdaSetting,
): Promise<boolean> {
  const asked = configOf(spec)
  if (found === undefined) {
    const role = await requireRole(setting.api, asked.role)
    await createFunction({ ...asked, role }, spec, setting)
    return true
  }
  const live = liveConfig(found)
  const kept = keepLive(asked, live)
  const wanted = { ...kept, role: await requireRole(setting.api, kept.role) }
  const isNewCode =
    wanted.bento !== live.bento || wanted.image !== live.image || wanted.runtime !== live.runtime
  if (isNewCode) await updateCode(wanted, spec, setting)
  const isNew = isNewCode || !isDeepStrictEqual(wanted, live)
  if (!isNew) return false
  setting.report(`Applying the settings of ${spec.name}`)
  // The description tells the bento: last, so that an interrupted update is not taken for a whole one.
  await settle(spec.name, setting)
  await setting.functions.updateSettings(spec.name, renderSettings(wanted))
  await settle(spec.name, setting)
  await requireAlone(wanted, spec.name, setting)
  return true
}

/** Two deployers at once: whoever finds what the other wrote stops before it is published as its own. */
async function requireAlone(
  { bento, environment }: FunctionConfig,
  name: string,
  { functions }: LambdaSetting,
): Promise<void> {
  const found = liveConfig(await functions.find(name))
  if (isDeepStrictEqual([found.bento, found.environment], [bento, environment])) return
  throw new BentoError('DEPLOY_BUSY', `Somebody else deploys ${name} at the same time`, {
    hint: 'Wait for it, and deploy again.',
  })
}

async function createFunction(
  config: FunctionConfig,
  spec: DeploymentSpec,
  setting: LambdaSetting,
): Promise<void> {
  const code = await makeCode(config, spec, setting)
  setting.report(`Creating the function ${spec.name}`)
  await setting.functions.create({
    FunctionName: spec.name,
    PackageType: config.runtime === null ? 'Image' : 'Zip',
    Code: code,
    Architectures: [config.architecture],
    ...renderSettings(config),
  })
  await settle(spec.name, setting)
}

async function updateCode(
  config: FunctionConfig,
  spec: DeploymentSpec,
  setting: LambdaSetting,
): Promise<void> {
  const code = await makeCode(config, spec, setting)
  setting.report(`Updating the code of ${spec.name}`)
  const body = { ...code, Architectures: [config.architecture] }
  await setting.functions.updateCode(spec.name, body)
}

async function makeCode(
  { image, runtime, architecture }: FunctionConfig,
  spec: DeploymentSpec,
  setting: LambdaSetting,
): Promise<object> {
  if (image !== null) return { ImageUri: image }
  const source = requireSource(setting.source)
  if (runtime === null) {
    const { repository = spec.name, base } = spec.lambda
    const options = { ...setting, source, repository, architecture, base }
    return { ImageUri: await publishImage(setting.api, options) }
  }
  const { bytes } = await makeZip({ ...setting, source, architecture })
  return { ZipFile: Buffer.from(bytes).toString('base64') }
}

function requireSource(source: ImageSource | undefined): ImageSource {
  if (source !== undefined) return source
  throw new BentoError('IMAGE_MISSING', 'Nothing says which bento to make an image of', {
    hint: 'Name a bento, as `bento deploy iris_classifier:latest -t lambda`, or an image in ECR with --image.',
  })
}

async function settle(name: string, setting: LambdaSetting): Promise<void> {
  const hint = `Correct it and deploy again: callers still get the version before; \`bento deployment get ${name} -t lambda\` shows it.`
  await untilSettled(setting.functions, name, { ...setting, hint })
}

async function applyAlias(
  spec: DeploymentSpec,
  { functions, report }: LambdaSetting,
): Promise<{ revision: number; isMoved: boolean }> {
  const { name, bento } = spec
  report(`Publishing a version of ${name}`)
  const stands = textAt(await functions.find(name), 'Configuration', 'RevisionId')
  const description = renderDescription({ bento: bento ?? null })
  const published = await functions.publish(name, description, stands)
  const version = textAt(published, 'Version') ?? ''
  const alias = await functions.findAlias(name, liveAlias)
  const before = textAt(alias, 'FunctionVersion')
  if (alias === undefined) {
    await functions.createAlias(name, { Name: liveAlias, FunctionVersion: version })
  } else if (before !== version) {
    await functions.moveAlias(name, liveAlias, { FunctionVersion: version })
  }
  return { revision: Number(version), isMoved: before !== version }
}

async function applyUrl(spec: DeploymentSpec, functions: Functions): Promise<boolean> {
  const { name, lambda } = spec
  if (lambda.url === undefined) return false
  const live = await functions.findUrl(name, liveAlias)
  const body = renderUrl(spec)
  const isSame = live !== undefined && isDeepStrictEqual(urlOf(live), body)
  if (!isSame) await functions.setUrl(name, liveAlias, { body, isThere: live !== undefined })
  if (lambda.url.auth === 'NONE') await functions.allowAll(name, liveAlias)
  return !isSame
}
