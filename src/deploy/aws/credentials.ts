import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BentoError } from '../../errors.ts'

interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface AwsAccess {
  readonly region: string
  readonly credentials: AwsCredentials
}

export type Env = Readonly<Record<string, string | undefined>>

/**
 * Where AWS's own tools look: the environment, then the profile of AWS_PROFILE in the shared files, then what a
 * container of ECS, EKS or CodeBuild is handed. Throws CREDENTIALS_MISSING.
 */
export async function findAccess(env: Env, region: string | undefined): Promise<AwsAccess> {
  const profile = await readProfile(env)
  const credentials = fromKeys(env) ?? fromProfile(profile) ?? (await fromContainer(env))
  if (credentials === undefined) throw missing()
  const found = region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? profile['region']
  if (found !== undefined && found !== '') return { region: found, credentials }
  throw new BentoError('CREDENTIALS_MISSING', 'Nothing says which region of AWS to use', {
    hint: 'Name it with --region eu-west-1, with lambda.region in the deployment.yaml, or in AWS_REGION.',
  })
}

function missing(): BentoError {
  return new BentoError('CREDENTIALS_MISSING', 'There are no credentials for AWS', {
    hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; with SSO run `aws configure export-credentials --format env`.',
  })
}

function fromKeys(env: Env): AwsCredentials | undefined {
  return credentialsOf(
    env['AWS_ACCESS_KEY_ID'],
    env['AWS_SECRET_ACCESS_KEY'],
    env['AWS_SESSION_TOKEN'],
  )
}

function fromProfile(profile: Profile): AwsCredentials | undefined {
  return credentialsOf(
    profile['aws_access_key_id'],
    profile['aws_secret_access_key'],
    profile['aws_session_token'],
  )
}

function credentialsOf(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): AwsCredentials | undefined {
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

type Profile = Readonly<Record<string, string>>

/** Of ~/.aws/config and, over it, ~/.aws/credentials. */
async function readProfile(env: Env): Promise<Profile> {
  const name = env['AWS_PROFILE'] ?? 'default'
  const folder = join(env['HOME'] ?? homedir(), '.aws')
  const files = [
    [
      env['AWS_CONFIG_FILE'] ?? join(folder, 'config'),
      name === 'default' ? name : `profile ${name}`,
    ],
    [env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'), name],
  ] as const
  const found = await Promise.all(
    files.map(async ([file, section]) =>
      sectionOf(await readFile(file, 'utf8').catch(() => ''), section),
    ),
  )
  if (env['AWS_PROFILE'] !== undefined && !fromKeys(env) && found.every((one) => !one)) {
    throw new BentoError('CREDENTIALS_MISSING', `AWS has no profile "${name}" here`, {
      hint: 'Set AWS_PROFILE to a profile that `aws configure list-profiles` shows.',
    })
  }
  const [config, credentials] = found
  return { ...config, ...credentials }
}

/** One section of an INI file. */
function sectionOf(text: string, section: string): Profile | undefined {
  const lines = text.split(/\r?\n/)
  const start = lines.findIndex((line) => line.trim() === `[${section}]`)
  if (start === -1) return undefined
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => line.trim().startsWith('['))
  const pairs = rest
    .slice(0, end === -1 ? undefined : end)
    .map((line) => /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line))
    .filter((match) => match !== null)
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, value]))
}

const ecsHost = 'http://169.254.170.2'

async function fromContainer(env: Env): Promise<AwsCredentials | undefined> {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
  const url =
    relative === undefined ? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] : `${ecsHost}${relative}`
  if (url === undefined) return undefined
  const tokenFile = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']
  const token =
    tokenFile === undefined
      ? env['AWS_CONTAINER_AUTHORIZATION_TOKEN']
      : (await readFile(tokenFile, 'utf8')).trim()
  const headers = token === undefined ? {} : { authorization: token }
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(5000) })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because each is checked below
  const body = (await answer.json()) as Record<string, string | undefined>
  return credentialsOf(body['AccessKeyId'], body['SecretAccessKey'], body['Token'])
}
