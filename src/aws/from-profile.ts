import { BentoError } from '../errors.ts'
import { fromProcess } from './from-process.ts'
import { fromSso } from './from-sso.ts'
import { type AwsCredentials, credentialsOf, type Env, fromKeys } from './keys.ts'
import { fromContainer, fromMachine, fromWebIdentity } from './lent-credentials.ts'
import { type Profile, readProfile } from './profile.ts'
import { assumeWithKeys } from './sts.ts'

export interface FromProfile {
  readonly profile: Profile
  readonly region: string | undefined
  /** Names of the profiles that have led here. */
  readonly seen?: readonly string[]
}

/** What a profile leads to: the role that it takes on, its own keys, its login, its program. */
export async function fromProfile(
  env: Env,
  options: FromProfile,
): Promise<AwsCredentials | undefined> {
  const { profile } = options
  if (profile['role_arn'] !== undefined) return fromRole(env, profile['role_arn'], options)
  return ownKeys(profile) ?? (await fromSso(env, profile)) ?? (await fromProcess(env, profile))
}

function ownKeys(profile: Profile): AwsCredentials | undefined {
  return credentialsOf(
    profile['aws_access_key_id'],
    profile['aws_secret_access_key'],
    profile['aws_session_token'],
  )
}

async function fromRole(
  env: Env,
  role: string,
  options: FromProfile,
): Promise<AwsCredentials | undefined> {
  const { profile, region } = options
  const { web_identity_token_file: token, role_session_name: session } = profile
  if (token !== undefined) {
    const named = session === undefined ? {} : { AWS_ROLE_SESSION_NAME: session }
    const identity = { AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: role, ...named }
    return fromWebIdentity({ ...env, ...identity }, region)
  }
  if (profile['mfa_serial'] !== undefined) throw wantsCode(role)
  const keys = await sourceOf(env, options)
  if (keys === undefined) throw sourceless(role)
  return assumeWithKeys(env, keys, { role, region, parameters: parametersOf(profile) })
}

function parametersOf(profile: Profile): Record<string, string> {
  const names = {
    RoleSessionName: profile['role_session_name'],
    ExternalId: profile['external_id'],
    DurationSeconds: profile['duration_seconds'],
  }
  const said = Object.entries(names).filter((pair): pair is [string, string] => Boolean(pair[1]))
  return Object.fromEntries(said)
}

/** Whose keys ask for the role. */
async function sourceOf(env: Env, options: FromProfile): Promise<AwsCredentials | undefined> {
  const { profile, region, seen = [] } = options
  const { source_profile: source, credential_source: place } = profile
  if (place !== undefined) return places.get(place)?.(env)
  if (source === undefined) return undefined
  const next = await readProfile(env, source)
  // A profile may name itself: then its own keys are meant.
  if (next['role_arn'] === profile['role_arn'] && next['source_profile'] === source) {
    return ownKeys(next)
  }
  if (seen.includes(source)) throw circular([...seen, source])
  return fromProfile(env, { profile: next, region, seen: [...seen, source] })
}

const places = new Map<string, (env: Env) => Promise<AwsCredentials | undefined>>([
  ['Environment', async (env) => fromKeys(env)],
  ['EcsContainer', fromContainer],
  ['Ec2InstanceMetadata', fromMachine],
])

const hint = 'Correct the profile in ~/.aws/config, or name another in AWS_PROFILE.'

function sourceless(role: string): BentoError {
  return new BentoError(
    'CREDENTIALS_MISSING',
    `Nothing lends the keys that ask AWS for the role ${role}: neither source_profile nor credential_source of its profile does`,
    { hint },
  )
}

function circular(names: readonly string[]): BentoError {
  return new BentoError(
    'CREDENTIALS_MISSING',
    `The profiles of AWS name each other as source_profile: ${names.join(' → ')}`,
    { hint },
  )
}

function wantsCode(role: string): BentoError {
  return new BentoError('CREDENTIALS_MISSING', `The role ${role} of AWS wants a code of MFA`, {
    hint: 'Ask for keys with it (`aws sts assume-role --token-code`), and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
  })
}
