import { byteSize } from '../../config/byte-size.ts'
import { renderProblems } from '../../config/problems.ts'
import { BentoError } from '../../errors.ts'
import { numberAt, textAt, valueAt } from '../../lib/records.ts'
import type { DeploymentSpec } from '../spec.ts'

/** A function as a person reads it; what is the same here need not be applied. */
export interface FunctionConfig {
  readonly bento: string | null
  /** Null for a zip. */
  readonly image: string | null
  readonly runtime: string | null
  readonly role: string
  readonly architecture: string
  readonly memory: number
  readonly timeout: number
  readonly ephemeral_storage: number
  readonly environment: Readonly<Record<string, string>>
}

const defaultMemory = 2048
const megabyte = 1024 * 1024

/** Pure. Throws DEPLOYMENT_INVALID for what Lambda has not, or has not enough of. */
export function configOf(spec: DeploymentSpec): FunctionConfig {
  const { lambda, bento, envs } = spec
  const isZip = lambda.package === 'zip'
  const config = {
    bento: bento ?? null,
    image: isZip ? null : (spec.image ?? null),
    runtime: isZip ? lambda.runtime : null,
    role: lambda.role ?? '',
    architecture: lambda.architecture,
    memory: lambda.memory ?? memoryOf(spec),
    timeout: lambda.timeout ?? Math.ceil(spec.timeout),
    ephemeral_storage: lambda.ephemeral_storage,
    environment: {
      ...Object.fromEntries(envs.map(({ name, value }) => [name, value])),
      ...(lambda.invoke_mode === 'RESPONSE_STREAM' && { BENTO_LAMBDA_STREAMING: '1' }),
    },
  }
  requirePossible(config, spec)
  return config
}

function memoryOf({ resources }: DeploymentSpec): number {
  const { data: bytes = defaultMemory * megabyte } = byteSize.safeParse(resources.memory)
  return Math.ceil(bytes / megabyte)
}

function requirePossible(config: FunctionConfig, spec: DeploymentSpec): void {
  const lines = problems(config, spec)
  if (lines.length === 0) return
  throw new BentoError(
    'DEPLOYMENT_INVALID',
    `"${spec.name}" on lambda has ${renderProblems(lines)}`,
    { hint: 'Correct each in the deployment.yaml, or by flags.' },
  )
}

function problems(
  config: FunctionConfig,
  { secrets, resources, image, bento }: DeploymentSpec,
): string[] {
  const isZip = config.runtime !== null
  const reserved = Object.keys(config.environment).filter((name) => /^(AWS_|LAMBDA_|_)/.test(name))
  const checks: readonly (readonly [boolean, string])[] = [
    [config.timeout > 900, 'A function may run 900 seconds → at lambda.timeout'],
    [config.memory > 10_240, 'A function may have 10240 MB → at lambda.memory'],
    [secrets.length > 0, 'Lambda has no secrets to hand out: use envs → at secrets'],
    [resources.gpu !== undefined, 'Lambda has no GPUs → at resources.gpu'],
    [isZip && image !== undefined, 'A zip needs no image → at image'],
    [isZip && bento === undefined, 'A zip is made of a bento → at bento'],
    [!isZip && bento === undefined && image === undefined, 'Neither a bento nor an image is named'],
  ]
  return [
    ...checks.filter(([isWrong]) => isWrong).map(([, line]) => line),
    ...reserved.map((name) => `Lambda keeps the name "${name}" for itself → at envs`),
  ]
}

export const marker = 'Deployed by bento'

/** What marks a function and its versions as ours, and says which bento it is. */
export function renderDescription({ bento }: Pick<FunctionConfig, 'bento'>): string {
  return bento === null ? marker : `${marker}: ${bento}`
}

export function bentoOf(description: string | undefined): string | null {
  return description?.startsWith(`${marker}: `) ? description.slice(marker.length + 2) : null
}

/** The same of a function that runs: the answer of GetFunction. */
export function liveConfig(found: unknown): FunctionConfig {
  const config = valueAt(found, 'Configuration')
  const variables = valueAt(config, 'Environment', 'Variables')
  return {
    bento: bentoOf(textAt(config, 'Description')),
    image: textAt(found, 'Code', 'ImageUri') ?? null,
    runtime: textAt(config, 'Runtime') ?? null,
    role: textAt(config, 'Role') ?? '',
    architecture: textAt(config, 'Architectures', 0) ?? 'x86_64',
    memory: numberAt(config, 'MemorySize') ?? 0,
    timeout: numberAt(config, 'Timeout') ?? 0,
    ephemeral_storage: numberAt(config, 'EphemeralStorage', 'Size') ?? 512,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because Lambda's variables are texts
    environment: (variables ?? {}) as Record<string, string>,
  }
}

/** The settings of a function in Lambda's words; its code is not among them. */
export function renderSettings(config: FunctionConfig): object {
  return {
    Description: renderDescription(config),
    Role: config.role,
    MemorySize: config.memory,
    Timeout: config.timeout,
    EphemeralStorage: { Size: config.ephemeral_storage },
    Environment: { Variables: config.environment },
    ...(config.runtime === null ? {} : { Runtime: config.runtime, Handler: 'lambda.handler' }),
  }
}
