import { BentoError } from '../errors.ts'
import { fromProfile } from './from-profile.ts'
import { type AwsCredentials, type Env, fromKeys } from './keys.ts'
import { fromContainer, fromMachine, fromWebIdentity } from './lent-credentials.ts'
import { type Profile, readProfile } from './profile.ts'

export interface AwsAccess {
  readonly region: string
  readonly credentials: AwsCredentials
}

export type { Env } from './keys.ts'

export interface Regions {
  /** What the user named; it goes before what the environment says. */
  readonly region?: string | undefined
  /** Where nobody names one. Absent: that is an error. */
  readonly usualRegion?: string
}

/**
 * Where AWS's own tools look, in their order: the environment, a web identity (EKS, GitHub Actions), the profile of
 * AWS_PROFILE in the shared files (its role, keys, SSO session or program), what a container is handed, what a machine
 * of EC2 is lent.
 * Throws CREDENTIALS_MISSING.
 */
export async function findAccess(env: Env, { region, usualRegion }: Regions): Promise<AwsAccess> {
  const profile = await readProfile(env)
  const said = region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || profile['region']
  const known = said || usualRegion
  const credentials = fromKeys(env) ?? (await findLent(env, { profile, region: known }))
  if (credentials === undefined) throw missing()
  if (known) return { region: known, credentials }
  throw new BentoError('CREDENTIALS_MISSING', 'Nothing says which region of AWS to use', {
    hint: 'Name it with --region eu-west-1, with lambda.region in the deployment.yaml, or in AWS_REGION.',
  })
}

function missing(): BentoError {
  return new BentoError('CREDENTIALS_MISSING', 'There are no credentials for AWS', {
    hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; with SSO run `aws sso login`.',
  })
}

interface Found {
  readonly profile: Profile
  readonly region: string | undefined
}

async function findLent(env: Env, { profile, region }: Found): Promise<AwsCredentials | undefined> {
  return (
    (await fromWebIdentity(env, region)) ??
    (await fromProfile(env, { profile, region })) ??
    (await fromContainer(env)) ??
    (await fromMachine(env))
  )
}
