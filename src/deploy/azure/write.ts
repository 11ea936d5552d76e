import { BentoError } from '../../errors.ts'
import { listAt, textAt, valueAt } from '../../lib/records.ts'
import type { DeploymentSpec } from '../spec.ts'
import type { Apps } from './apps.ts'
import { passwordSecret, renderApp } from './render.ts'

interface WriteOptions {
  readonly apps: Apps
  readonly env: Readonly<Record<string, string | undefined>>
  readonly live: unknown
  /** Name of the revision to make. */
  readonly newest: string
  readonly traffic: readonly object[]
}

/** The whole app as it is sent: what is rendered, where it goes, and the password that is in no file. */
export async function bodyOf(spec: DeploymentSpec, options: WriteOptions): Promise<object> {
  const { live, newest, traffic } = options
  const app = renderApp(spec)
  const configuration = valueAt(app, 'properties', 'configuration')
  const place = await placeOf(spec, options)
  return {
    ...app,
    location: place.location,
    properties: {
      ...objectAt(app, 'properties'),
      environmentId: place.environmentId,
      configuration: {
        ...objectAt(app, 'properties', 'configuration'),
        ingress: { ...objectAt(configuration, 'ingress'), traffic },
        secrets: listAt(configuration, 'secrets').map((one) => withPassword(one, spec, options)),
      },
      template: {
        ...objectAt(app, 'properties', 'template'),
        revisionSuffix: newest.slice(spec.name.length + 2),
      },
    },
    ...(live === undefined
      ? {}
      : { tags: { ...objectAt(live, 'tags'), ...objectAt(app, 'tags') } }),
  }
}

async function placeOf(
  { azure: { environment, location } }: DeploymentSpec,
  { apps, live }: WriteOptions,
): Promise<{ readonly environmentId: string; readonly location: string }> {
  const known = textAt(live, 'properties', 'environmentId')
  if (environment === undefined && known !== undefined) {
    return { environmentId: known, location: textAt(live, 'location') ?? '' }
  }
  if (environment === undefined) {
    throw new BentoError('DEPLOYMENT_INVALID', 'Nothing says which environment of Azure to use', {
      hint: 'Name it with --set azure.environment=NAME; `az containerapp env list` has them.',
    })
  }
  const found = await apps.environment(environment)
  return { environmentId: found.id, location: location ?? found.location }
}

function withPassword(
  secret: unknown,
  { azure: { registry } }: DeploymentSpec,
  { env }: WriteOptions,
): unknown {
  const variable = registry?.password_env ?? ''
  if (textAt(secret, 'name') !== passwordSecret) return secret
  const value = env[variable]
  if (value) return { name: passwordSecret, value }
  throw new BentoError(
    'CREDENTIALS_MISSING',
    `${variable} holds no password for ${registry?.server}`,
    {
      hint: `Set it, or pull with azure.identity in place of azure.registry.username.`,
    },
  )
}

function objectAt(root: unknown, ...path: readonly string[]): object {
  const value = valueAt(root, ...path)
  return typeof value === 'object' && value !== null ? value : {}
}
